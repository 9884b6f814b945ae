internal import HTTPCodec
internal import Sockets

/// The receiving half of one request and its response on a connection.
///
/// Belongs to the task that waits for the response; the other half is ``RequestSending``.
final class ClientExchange {
    let request: HTTPClientRequest
    let connection: ClientConnection
    let sending: RequestSending
    private let configuration: HTTPClient.Configuration

    /// What was read of the response's body, and whether all of it was.
    private(set) var bodyProgress = ResponseProgress()

    private var keepsConnection = false

    init(
        _ request: HTTPClientRequest,
        _ body: HTTPRequestBody,
        on connection: ClientConnection,
        _ configuration: HTTPClient.Configuration
    ) throws(HTTPMessageError) {
        self.request = request
        self.connection = connection
        self.configuration = configuration
        sending = try RequestSending(request, body, over: connection.stream, configuration)
        connection.intake.parser.expect(request.method)
        connection.requestCount += 1
    }

    // MARK: The head

    /// The final response's head.
    func nextHead() async throws -> ResponseHead {
        do {
            while true {
                switch try connection.intake.next() {
                case .head(let head):
                    bodyProgress.hasBegun = true
                    if case .length(let length) = head.framing { bodyProgress.announced = length }
                    keepsConnection = head.keepsConnection
                    sending.decide(false)
                    try check(head)
                    return head
                case .interim(let head):
                    bodyProgress.hasBegun = true
                    if head.response.status == .continue { sending.decide(true) }
                    request.onInterim?(head.response)
                case .body, .trailers, .end: preconditionFailure("a body before its head")
                case nil: try await receiveHead()
                }
            }
        } catch let violation as HTTPViolation {
            throw failure(.violation, violation)
        }
    }

    /// 101 to a request that did not ask for it: nobody knows what the bytes behind it mean.
    private func check(_ head: ResponseHead) throws {
        guard head.response.status == .switchingProtocols else { return }
        if request.fields[.upgrade] == nil {
            throw failure(.wrongProtocol(head.upgrade.joined(separator: ", ")))
        }
    }

    private func receiveHead() async throws {
        while true {
            // From when the server has had everything, or as much as it has taken.
            let deadline = sending.movedAt.advanced(by: configuration.headTimeLimit)
            let count: Int
            do throws(SocketError) {
                count = try await receive(until: deadline)
            } catch {
                guard error.code == .deadlinePassed, !Deadline.current.hasPassed else {
                    if !connection.hasReceivedNothing { bodyProgress.hasBegun = true }
                    throw failure(.streamFailed, error)
                }
                // The request has moved on meanwhile: so does the time.
                if sending.movedAt.advanced(by: configuration.headTimeLimit) > deadline { continue }
                throw failure(.headTooSlow)
            }
            if count > 0 { return }
            if connection.intake.parser.finish() == .unanswered { throw failure(.unanswered) }
            bodyProgress.hasBegun = true
            throw failure(.truncated(received: 0, announced: nil))
        }
    }

    // MARK: The body

    /// Gives the next piece of the body to `take`; false at the body's end.
    func nextBodyPart(_ take: (RawSpan) throws -> Void) async throws -> Bool {
        while !bodyProgress.isComplete {
            switch try nextEvent(take) {
            case .body(let range):
                bodyProgress.size &+= UInt64(range.count)
                return true
            case .trailers(let fields): bodyProgress.trailers = fields
            case .end: bodyProgress.isComplete = true
            case .head, .interim: preconditionFailure("a head within a body")
            case nil: try await receiveBody()
            }
        }
        return false
    }

    private func nextEvent(_ take: (RawSpan) throws -> Void) throws -> ResponseParser.Event? {
        do {
            return try connection.intake.next(take)
        } catch let violation as HTTPViolation {
            throw failure(.violation, violation)
        }
    }

    private func receiveBody() async throws {
        let start = ContinuousClock.now
        let allowance = configuration.pace?.allowance(for: bodyProgress.size)
        let left = allowance.map { $0 - bodyProgress.waited }
        let count: Int
        do throws(SocketError) {
            count = try await receive(until: left.map { .after($0) } ?? .never)
        } catch {
            if error.code == .deadlinePassed, !Deadline.current.hasPassed {
                throw failure(.bodyTooSlow)
            }
            throw failure(.streamFailed, error)
        }
        bodyProgress.waited += .now - start
        if count > 0 { return }
        if connection.intake.parser.finish() == .complete {
            bodyProgress.isComplete = true
        } else {
            let announced = bodyProgress.announced
            throw failure(.truncated(received: bodyProgress.size, announced: announced))
        }
    }

    private func receive(until deadline: Deadline) async throws(SocketError) -> Int {
        try await withDeadline(deadline) { () async throws(SocketError) -> Int in
            try await connection.stream.receive(into: &connection.intake.buffer)
        }
    }

    // MARK: Ending

    /// Whether another request may follow: the response was read to its end, or the rest of it is here.
    ///
    /// Never waits: what a server still wants to send may be more than a connection is worth.
    func canBeFollowed() -> Bool {
        guard keepsConnection, !connection.isGivenAway, case .finished = sending.outcome else {
            return false
        }
        do {
            while !bodyProgress.isComplete {
                switch try connection.intake.next() {
                case .end: bodyProgress.isComplete = true
                case nil: return false
                default: break
                }
            }
        } catch {
            return false
        }
        return connection.hasReceivedNothing
    }

    /// Gives the connection away.
    func takeOver() throws -> SwitchedConnection {
        connection.isGivenAway = true
        return SwitchedConnection(
            stream: connection.stream,
            received: connection.intake.takeBuffer()
        )
    }

    func failure(_ reason: HTTPClientError.Reason, _ cause: (any Error)? = nil) -> HTTPClientError {
        HTTPClientError(reason, request.method, request.url, cause)
    }
}

/// How far a response has come.
struct ResponseProgress {
    /// Whether a byte of it has come.
    var hasBegun = false
    var isComplete = false
    var size: UInt64 = 0
    /// What the body's length was said to be.
    var announced: UInt64?
    var trailers: HTTPFields = [:]
    /// How long it was waited for.
    var waited = Duration.zero
}
