internal import HTTPCodec
internal import Sockets

extension ServerConnection {
    /// Answers requests until one side has had enough, and closes the stream.
    ///
    /// Its frame is what an idle connection keeps, and those of what it waits for in turn are kept
    /// by the task once they were needed: so what is usual waits here, and what is rare is in
    /// functions of its own (docs/decisions/0015-shallow-where-it-waits.md).
    func serve(_ handler: HTTPServer.Handler) async {
        do {
            while true {
                if let exchange = try nextExchange() {
                    guard try await answer(exchange, handler) else { break }
                } else {
                    if try !flushAtOnce() { try await flush() }
                    guard let deadline = beginWaiting() else { break }
                    guard try await receiveHead(until: deadline) else { break }
                }
            }
        } catch {
            await end(with: error)
        }
        server.connections.remove(number)
        stream.close()
    }

    /// Ends after what was no request, or could not be received.
    @inline(never)
    private func end(with failure: any Error) async {
        switch failure {
        case let violation as HTTPViolation:
            await refuse(violation.status ?? .badRequest, because: failure)
        case HTTPServerError.headTooSlow: await refuse(.requestTimeout, because: failure)
        default: report(nil, nil, since: nil, failure)
        }
    }

    /// Has one request answered; false when the connection has ended with it.
    private func answer(
        _ exchange: HTTPExchange,
        _ handler: HTTPServer.Handler
    ) async throws -> Bool {
        let start = server.configuration.onExchange == nil ? nil : ContinuousClock.now
        do {
            try await handler(exchange.request, exchange.response)
            if !exchange.response.isOver { try await exchange.response.finish() }
        } catch {
            guard await answered(exchange, despite: error, since: start) else { return false }
            return try await goesOn(after: exchange)
        }
        end(exchange, since: start, nil)
        if exchange.response.progress == .handedOver { return false }
        if exchange.response.keepsConnection, try hasNoBodyLeft(exchange.request.framing) {
            return true
        }
        return try await goesOn(after: exchange)
    }

    /// Answers for a handler that has thrown; false when the connection has ended with it.
    @inline(never)
    private func answered(
        _ exchange: HTTPExchange,
        despite error: any Error,
        since start: ContinuousClock.Instant?
    ) async -> Bool {
        var failure: (any Error)? = error
        if let refusal = error as? HTTPRefusal, exchange.response.progress == .notBegun {
            do {
                try await exchange.response.send(refusal)
                failure = nil
            } catch {
                failure = error
            }
        }
        exchange.request.end()
        exchange.response.end()
        if let failure { await conclude(exchange.response, failure) }
        end(exchange, since: start, failure)
        return failure == nil && exchange.response.progress != .handedOver
    }

    /// The handler's objects have done their work, and the log is told.
    @inline(never)
    private func end(
        _ exchange: HTTPExchange,
        since start: ContinuousClock.Instant?,
        _ failure: (any Error)?
    ) {
        exchange.request.end()
        exchange.response.end()
        report(exchange.request, exchange.response, since: start, failure)
    }

    /// Whether another request may follow; otherwise the connection is ended.
    @inline(never)
    private func goesOn(after exchange: HTTPExchange) async throws -> Bool {
        if exchange.response.keepsConnection, try await skipBody() { return true }
        await closeAfterAnswer()
        return false
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
        do {
            try write { output throws in
                try HTTPSerializer.append(
                    status,
                    [.contentType: "text/plain; charset=utf-8"],
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
        _ request: HTTPServerRequest?,
        _ response: HTTPServerResponse?,
        since start: ContinuousClock.Instant?,
        _ failure: (any Error)?,
        _ status: HTTPResponse.Status? = nil
    ) {
        guard let onExchange = server.configuration.onExchange else { return }
        let hasAnswered = response.map { $0.progress != .notBegun } ?? false
        onExchange(
            HTTPExchangeRecord(
                peerAddress: client.peerAddress,
                request: request?.head,
                status: status ?? (hasAnswered ? response?.status : nil),
                bodySize: response?.bodySize ?? 0,
                duration: start.map { .now - $0 } ?? .zero,
                failure: failure
            )
        )
    }
}
