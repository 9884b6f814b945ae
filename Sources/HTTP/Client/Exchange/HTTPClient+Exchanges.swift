internal import HTTPCodec
internal import Sockets

extension HTTPClient {
    /// Sends a request and has its response handled; sends it once more where that is safe.
    func exchange<Result>(
        _ request: HTTPClientRequest,
        _ body: HTTPRequestBody,
        redirectCount: Int,
        _ handler: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        let first = try await attempt(request, body, redirectCount, fresh: false, handler)
        if let first { return first }
        let second = try await attempt(request, body, redirectCount, fresh: true, handler)
        guard let second else { preconditionFailure("a new connection was called an old one") }
        return second
    }

    /// One attempt; nil if another may follow on a new connection.
    private func attempt<Result>(
        _ request: HTTPClientRequest,
        _ body: HTTPRequestBody,
        _ redirectCount: Int,
        fresh: Bool,
        _ handler: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result? {
        let connection = try await connection(for: request, fresh: fresh)
        let isKept = connection.requestCount > 0
        let exchange: ClientExchange
        do throws(HTTPMessageError) {
            exchange = try ClientExchange(request, body, on: connection, configuration)
        } catch {
            release(connection, canBeFollowed: true)
            throw HTTPClientError(.malformedRequest, request.method, request.url, error)
        }
        do {
            let result = try await perform(exchange, redirectCount, handler)
            release(connection, canBeFollowed: exchange.canBeFollowed())
            return result
        } catch {
            release(connection, canBeFollowed: false)
            if isKept, exchange.mayBeRepeated(after: error, body) { return nil }
            throw error
        }
    }

    /// Both halves: one after the other if the first is short, otherwise side by side.
    private func perform<Result>(
        _ exchange: ClientExchange,
        _ redirectCount: Int,
        _ handler: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        let sending = exchange.sending
        do {
            if sending.isInline {
                await sending.run()
                return try await receive(exchange, redirectCount, handler)
            }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await sending.run() }
                // However the response ends, so does the request: nobody would read the rest of it.
                defer { group.cancelAll() }
                return try await receive(exchange, redirectCount, handler)
            }
        } catch let error as HTTPClientError {
            // The first cause, where the stream's failure is only what came of it.
            throw exchange.firstCause(of: error)
        }
    }

    private func receive<Result>(
        _ exchange: ClientExchange,
        _ redirectCount: Int,
        _ handler: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        let head = try await exchange.nextHead()
        let response = HTTPClientResponse(head, exchange, redirectCount: redirectCount)
        defer { response.end() }
        return try await handler(response)
    }
}

extension ClientExchange {
    /// Whether the request may be sent again, having failed on a connection that was kept.
    ///
    /// Only while no byte of a response was seen, and only if the server cannot have begun to carry it
    /// out, or may do so twice (RFC 9110 §9.2.2).
    func mayBeRepeated(after error: any Error, _ body: HTTPRequestBody) -> Bool {
        guard !bodyProgress.hasBegun, let error = error as? HTTPClientError else { return false }
        switch error.reason {
        case .unanswered: break
        case .streamFailed:
            let codes: [SocketError.Code] = [.reset, .brokenPipe, .aborted, .unexpectedEnd]
            guard let code = error.socketError?.code, codes.contains(code) else { return false }
        default: return false
        }
        if sending.sentSize == 0 { return true }
        return request.method.isIdempotent && body.isReplayable
    }

    /// What to throw for a failure of the receiving half, when the sending half has failed too.
    func firstCause(of error: HTTPClientError) -> any Error {
        switch error.reason {
        case .unanswered, .streamFailed: break
        default: return error
        }
        switch sending.outcome {
        case .bodyFailed(let failure as RequestSending.WrongLength):
            return self.failure(
                .wrongBodyLength(announced: failure.announced, written: failure.written)
            )
        case .bodyFailed(let failure as HTTPMessageError):
            return self.failure(.malformedRequest, failure)
        case .bodyFailed(let failure): return failure
        case .broken(let failure) where failure.code != .cancelled || Task.isCancelled:
            return self.failure(.streamFailed, failure)
        case .broken, .unfinished, .finished, .notWanted: return error
        }
    }
}
