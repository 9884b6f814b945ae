internal import HTTPCodec
internal import Sockets

extension ServerConnection {
    /// Answers requests until one side has had enough.
    ///
    /// Whoever calls closes the stream.
    func serve(_ handler: HTTPServer.Handler) async {
        do {
            while let exchange = try await nextExchange() {
                guard try await answer(exchange, handler) else { return }
            }
            try await flush()
        } catch let violation as HTTPViolation {
            await refuse(violation.status, because: violation)
        } catch HTTPServerError.headTooSlow {
            await refuse(.requestTimeout, because: HTTPServerError.headTooSlow)
        } catch {
            report(nil, nil, since: nil, error)
        }
    }

    /// Has one request answered; false when the connection has ended with it.
    private func answer(
        _ exchange: HTTPExchange,
        _ handler: HTTPServer.Handler
    ) async throws -> Bool {
        let start = configuration.onExchange == nil ? nil : ContinuousClock.now
        let (request, response) = (exchange.request, exchange.response)
        var failure: (any Error)?
        do {
            do {
                try await handler(request, response)
                try await response.finish()
            } catch let refusal as HTTPRefusal where response.progress == .notBegun {
                try await response.send(refusal)
            }
        } catch {
            failure = error
        }
        request.end()
        response.end()
        if let failure { await conclude(response, failure) }
        report(request.head, response, since: start, failure)
        if failure != nil || response.progress == .handedOver { return false }
        guard response.keepsConnection, try await skipBody() else {
            await closeAfterAnswer()
            return false
        }
        return true
    }

    /// What a client is told when its handler has thrown: the status that fits, or a cut connection if
    /// the head of another is already gone.
    private func conclude(_ response: HTTPServerResponse, _ failure: any Error) async {
        guard response.progress == .notBegun else {
            if response.progress != .handedOver { stream.reset() }
            return
        }
        let status: HTTPResponse.Status? =
            switch failure {
            case let violation as HTTPViolation: violation.status
            case HTTPServerError.bodyTooLarge: .contentTooLarge
            case HTTPServerError.bodyTooSlow: .requestTimeout
            // Nobody is there to be told.
            case is SocketError where Task.isCancelled: nil
            case HTTPServerError.requestTruncated: nil
            default: .internalServerError
            }
        guard let status else { return stream.close() }
        response.refused(with: status)
        await sendRefusal(status)
    }

    /// Answers what was no request, and ends.
    private func refuse(_ status: HTTPResponse.Status, because failure: any Error) async {
        await sendRefusal(status)
        report(nil, nil, since: nil, failure, status)
    }

    private func sendRefusal(_ status: HTTPResponse.Status) async {
        let text = "\(status.code) \(status.reasonPhrase)\n"
        let response = HTTPResponse(
            status: status,
            headerFields: [.contentType: "text/plain; charset=utf-8"]
        )
        do {
            try write { output throws in
                try HTTPSerializer.append(
                    response,
                    framing: .length(UInt64(text.utf8.count)),
                    answering: .get,
                    connection: .close,
                    with: dateLine.current,
                    to: &output
                )
                output.append(contentsOf: text.utf8)
            }
        } catch {
            preconditionFailure("an answer of our own that must not go out: \(error)")
        }
        await closeAfterAnswer()
    }

    private func report(
        _ request: HTTPRequest?,
        _ response: HTTPServerResponse?,
        since start: ContinuousClock.Instant?,
        _ failure: (any Error)?,
        _ status: HTTPResponse.Status? = nil
    ) {
        guard let onExchange = configuration.onExchange else { return }
        let hasAnswered = response.map { $0.progress != .notBegun } ?? false
        onExchange(
            HTTPExchangeRecord(
                peerAddress: client.peerAddress,
                request: request,
                status: status ?? (hasAnswered ? response?.status : nil),
                bodySize: response?.bodySize ?? 0,
                duration: start.map { .now - $0 } ?? .zero,
                failure: failure
            )
        )
    }
}
