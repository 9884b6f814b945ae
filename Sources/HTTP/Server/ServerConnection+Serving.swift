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
                    if turn.isOver() { try await letOthersGo() }
                    guard await answer(exchange, handler) else { break }
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
    ) async -> Bool {
        let start = server.configuration.onExchange == nil ? nil : ContinuousClock.now
        do {
            try await handler(exchange.request, exchange.response)
            if !exchange.response.isOver { try await exchange.response.finish() }
        } catch {
            guard await answered(exchange, despite: error, since: start) else { return false }
            return await goesOn(after: exchange)
        }
        end(exchange, since: start, nil)
        if exchange.response.progress == .handedOver { return false }
        if exchange.response.keepsConnection, hasNoBodyLeft(exchange.request.framing) {
            return true
        }
        return await goesOn(after: exchange)
    }

    /// Answers are sent before others get a turn: no client waits for one that lies here.
    @inline(never)
    private func letOthersGo() async throws {
        if try !flushAtOnce() { try await flush() }
        await LoopTurn.letOthersGo()
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
    private func goesOn(after exchange: HTTPExchange) async -> Bool {
        do {
            if exchange.response.keepsConnection, try await skipBody() { return true }
        } catch {
            // A request has one final answer (RFC 9110 §15), and this one has it: another would be
            // taken for that of whatever is asked next on this connection.
            report(nil, nil, since: nil, error)
        }
        await closeAfterAnswer()
        return false
    }

    /// What a client is told when its handler has thrown: the status that fits, or a cut connection if
    /// the head of another is already gone.
    private func conclude(_ response: HTTPServerResponse, _ failure: any Error) async {
        switch response.progress {
        case .notBegun: break
        // All of the answer is on its way, and stays the only one.
        case .finished: return await closeAfterAnswer()
        case .body: return stream.reset()
        case .handedOver: return
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
        let size = await sendRefusal(status, answering: response.head.method)
        response.refused(with: status, bodySize: size)
    }

    /// Answers what was no request, and ends.
    private func refuse(_ status: HTTPResponse.Status, because failure: any Error) async {
        let size = await sendRefusal(status, answering: .get)
        report(nil, nil, since: nil, failure, (status, size))
    }

    /// Answers in a line, and ends; how many bytes of body that were.
    private func sendRefusal(
        _ status: HTTPResponse.Status,
        answering method: HTTPRequest.Method
    ) async -> UInt64 {
        let text = "\(status.code) \(status.reasonPhrase)\n"
        do {
            try write { output throws in
                try HTTPSerializer.append(
                    status,
                    [.contentType: "text/plain; charset=utf-8"],
                    framing: .length(UInt64(text.utf8.count)),
                    answering: method,
                    connection: .close,
                    with: dateLine.current,
                    to: &output
                )
                if method != .head { output.append(contentsOf: text.utf8) }
            }
        } catch {
            preconditionFailure("an answer of our own that must not go out: \(error)")
        }
        await closeAfterAnswer()
        return method == .head ? 0 : UInt64(text.utf8.count)
    }

    private func report(
        _ request: HTTPServerRequest?,
        _ response: HTTPServerResponse?,
        since start: ContinuousClock.Instant?,
        _ failure: (any Error)?,
        _ refusal: (status: HTTPResponse.Status, size: UInt64)? = nil
    ) {
        guard let onExchange = server.configuration.onExchange else { return }
        let hasAnswered = response.map { $0.progress != .notBegun } ?? false
        onExchange(
            HTTPExchangeRecord(
                peerAddress: client.peerAddress,
                request: request?.head,
                status: refusal?.status ?? (hasAnswered ? response?.status : nil),
                bodySize: refusal?.size ?? response?.bodySize ?? 0,
                duration: start.map { .now - $0 } ?? .zero,
                failure: failure
            )
        )
    }
}
