internal import HTTPCodec
internal import Sockets

/// One client's connection: requests come in order, and are answered in order.
///
/// Rule 1. Bytes of a request are taken from the stream only when somebody wants them: a handler that
///         does not read its body stops its client.
/// Rule 2. What is to be sent gathers in `output` and goes out before anything waits for the client:
///         answers to pipelined requests leave together, and no client waits for one that lies here.
/// Rule 3. After a violation, a failure or an answer that says so, the connection ends: where the next
///         request would begin is not known.
///
/// Belongs to the task that serves the connection.
final class ServerConnection {
    var stream: any ByteStream { timed.stream }
    let timed: TimedStream
    let client: HTTPClientIdentity
    /// Whose connection it is.
    ///
    /// Its configuration is large: ask for its parts where they are, not for a copy.
    let server: HTTPServer
    let presence: ConnectionPresence
    /// Under which the server knows it.
    let number: Int

    /// Nil when the connection speaks another protocol.
    private var intake: MessageIntake<RequestParser>?
    /// When the head that has begun must be there; nil between requests.
    private var headDeadline: Deadline?
    private var output: [UInt8] = []
    /// The `Date` of answers, looked at once a second.
    var dateLine = DateLine()

    /// How long this has kept its thread to itself.
    var turn = LoopTurn()

    /// Of the request that is being answered: what was read of its body, and whether all of it was.
    private(set) var bodyProgress = BodyProgress()

    /// More than this is not kept for the next answer, so that idle connections stay small.
    ///
    /// What a small answer and its head take.
    private static let keptOutputSize = 1024

    /// Answers gather up to this before they are sent.
    ///
    /// Arbitrary: half of what a socket's buffer takes at once.
    private static let outputSizeLimit = 65_536

    /// A connection that `server` knows until ``serve(_:)`` returns.
    init(
        _ stream: any ByteStream,
        client: HTTPClientIdentity,
        of server: HTTPServer
    ) {
        timed = TimedStream(stream)
        self.client = client
        self.server = server
        presence = ConnectionPresence(stream)
        number = server.connections.add(presence)
        intake = MessageIntake(limits: server.configuration.limits)
    }

    // MARK: Receiving

    /// The next request and its answer, if all of its head has come.
    ///
    /// Two objects and not a head, because what the caller keeps while it waits is what an idle
    /// connection costs.
    @inline(never)
    func nextExchange() throws -> HTTPExchange? {
        guard case .head(let head)? = try intake?.next() else { return nil }
        bodyProgress = BodyProgress()
        headDeadline = nil
        presence.becomeBusy()
        let request = HTTPServerRequest(head, self)
        return HTTPExchange(request: request, response: HTTPServerResponse(to: request, self))
    }

    /// Until when to wait for a head, or for its rest; nil when the server is stopping.
    ///
    /// Only after what gathered was sent: who waits for a request may be closed.
    @inline(never)
    func beginWaiting() -> Deadline? {
        guard let intake else { return nil }
        guard intake.parser.isIdle else {
            if let headDeadline { return headDeadline }
            let deadline = Deadline.after(server.configuration.headTimeLimit)
            headDeadline = deadline
            presence.becomeBusy()
            return deadline
        }
        return presence.becomeIdle() ? .after(server.configuration.idleLimit) : nil
    }

    /// Receives more of a head, or its beginning; false at the end of the stream.
    @inline(__always)
    func receiveHead(until deadline: Deadline) async throws -> Bool {
        guard let intake else { return false }
        do throws(SocketError) {
            if try await timed.receive(into: &intake.buffer, until: deadline) > 0 { return true }
        } catch {
            return try isEnd(error)
        }
        return try isEnd(nil)
    }

    /// What it means that nothing was received: false between requests, where nothing is lost.
    @inline(never)
    private func isEnd(_ failure: SocketError?) throws -> Bool {
        guard let intake else { return false }
        guard let failure else {
            if intake.parser.finish() == .idle { return false }
            throw HTTPServerError.requestTruncated
        }
        if failure.code == .deadlinePassed {
            if intake.parser.isIdle { return false }
            throw HTTPServerError.headTooSlow
        }
        // Browsers end TLS without saying so (RFC 9112 §9.8).
        let ends: [SocketError.Code] = [.closed, .reset, .unexpectedEnd]
        if intake.parser.isIdle, ends.contains(failure.code) { return false }
        throw failure
    }

    /// Gives the connection away: what came and belongs to no request is of the other protocol.
    func leaveHTTP() -> ByteBuffer {
        output = []
        defer { intake = nil }
        return intake?.takeBuffer() ?? ByteBuffer()
    }

    /// Gives the next piece of the body to `take`; false at the body's end.
    ///
    /// The first call answers a client that waits for `100 Continue`.
    func nextBodyPart(_ take: (RawSpan) throws -> Void) async throws -> Bool {
        while !bodyProgress.isComplete {
            switch try nextBodyStep(take) {
            case .piece: return true
            case .more: try await receiveBody()
            case .end: return false
            }
        }
        return false
    }

    private enum BodyStep { case piece, more, end }

    /// Looks at what has come of the body.
    private func nextBodyStep(_ take: (RawSpan) throws -> Void) throws -> BodyStep {
        while let event = try intake?.next(take) {
            switch event {
            case .body(let range):
                bodyProgress.size &+= UInt64(range.count)
                return .piece
            case .trailers(let fields): bodyProgress.trailers = fields
            case .end:
                bodyProgress.isComplete = true
                return .end
            case .head: preconditionFailure("a head within a body")
            }
        }
        return intake == nil ? .end : .more
    }

    private func receiveBody() async throws {
        if bodyProgress.owesContinue {
            bodyProgress.owesContinue = false
            append("HTTP/1.1 100 Continue\r\n\r\n")
        }
        try await flush()
        // Only the client's own time counts, not what a handler takes between two pieces.
        let allowance = server.configuration.pace.allowance(for: bodyProgress.size)
        let start = ContinuousClock.now
        let count: Int
        do throws(SocketError) {
            count = try await receive(until: .after(allowance - bodyProgress.waited))
        } catch {
            if error.code == .deadlinePassed { throw HTTPServerError.bodyTooSlow }
            throw error
        }
        bodyProgress.waited += start.duration(to: .now)
        if count == 0 { throw HTTPServerError.requestTruncated }
    }

    /// Says that the client waits for `100 Continue`.
    func oweContinue() { bodyProgress.owesContinue = true }

    /// Says that it will not get it: an answer is on its way.
    func oweNoContinue() { bodyProgress.owesContinue = false }

    /// Whether all of the body was read, or there was none.
    @inline(never)
    func hasNoBodyLeft(_ framing: HTTPFraming) -> Bool {
        if bodyProgress.isComplete { return true }
        return framing == .none && (try? nextBodyStep({ _ in })) == .end
    }

    /// Takes in what nobody read of a body; false when that is more than is worth it.
    func skipBody() async throws -> Bool {
        // A client that still waits for leave may send the body or not: nobody knows which.
        if bodyProgress.owesContinue { return false }
        let limit = bodyProgress.size &+ server.configuration.unreadBodyLimit
        while try await nextBodyPart({ _ in }) {
            if bodyProgress.size > limit { return false }
        }
        return true
    }

    private func receive(until deadline: Deadline) async throws(SocketError) -> Int {
        guard let intake else { return 0 }
        return try await timed.receive(into: &intake.buffer, until: deadline)
    }

    // MARK: Sending

    /// Adds to what is to be sent.
    func append(_ text: StaticString) {
        unsafe output.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start,
                count: text.utf8CodeUnitCount
            )
        )
    }

    /// Adds to what is to be sent.
    func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    }

    /// Adds to what is to be sent.
    func write(_ body: (inout [UInt8]) throws -> Void) rethrows { try body(&output) }

    /// Whether so much has gathered that it is sent before more is written.
    var hasMuchToSend: Bool { output.count >= Self.outputSizeLimit }

    /// Sends what has gathered as far as that goes without waiting; false when something is left.
    @inline(never)
    func flushAtOnce() throws(SocketError) -> Bool {
        if output.isEmpty { return true }
        var bytes = exchange(&output, with: [])
        let count = try unsafe timed.sendAtOnce(bytes.span.bytes)
        guard count == bytes.count else {
            bytes.removeFirst(count)
            output = bytes
            return false
        }
        if bytes.capacity <= Self.keptOutputSize {
            bytes.removeAll(keepingCapacity: true)
            output = bytes
        }
        return true
    }

    /// How much has gathered, in bytes.
    var gatheredSize: Int { output.count }

    /// Sends what has gathered.
    ///
    /// A failure says how many bytes of it went out.
    func flush() async throws(SocketError) {
        let size = output.count
        if try flushAtOnce() { return }
        let bytes = exchange(&output, with: [])
        do throws(SocketError) {
            try await unsafe timed.send(bytes.span.bytes, until: sendDeadline(bytes.count))
        } catch {
            throw error.withTransferredCount(size - bytes.count + error.transferredCount)
        }
    }

    /// Sends bytes from where they are, after what has gathered.
    ///
    /// A failure says how many of these bytes went out.
    func send(_ bytes: RawSpan) async throws(SocketError) {
        let before = output.count
        let isCopied = bytes.byteCount <= Self.outputSizeLimit / 2
        if isCopied { append(bytes) }
        do throws(SocketError) {
            try await flush()
        } catch {
            throw error.withTransferredCount(max(0, error.transferredCount - before))
        }
        if isCopied { return }
        try await timed.send(bytes, until: sendDeadline(bytes.byteCount))
    }

    /// When so many bytes must have been taken.
    func sendDeadline(_ count: Int) -> Deadline {
        .after(server.configuration.pace.allowance(for: UInt64(count)))
    }

    // MARK: Ending

    /// Ends with an answer on its way: says so, and throws away what still comes for a moment, because
    /// closing with bytes unread resets the connection and may destroy the answer (RFC 9112 §9.6).
    func closeAfterAnswer() async {
        guard let intake else { return stream.close() }
        do throws(SocketError) {
            try await withDeadline(.after(server.configuration.lingerLimit)) {
                () async throws(SocketError) in
                try await flush()
                try await stream.finish()
                repeat {
                    intake.buffer.clear()
                } while try await stream.receive(into: &intake.buffer) > 0
            }
        } catch {
            // The client is gone, or does not stop: either way there is no more to be done.
        }
        stream.close()
    }
}

/// A request and the answer to it.
struct HTTPExchange {
    let request: HTTPServerRequest
    let response: HTTPServerResponse
}

/// How far a request's body has come.
struct BodyProgress {
    var isComplete = false
    var size: UInt64 = 0
    var trailers = HTTPFields()
    /// The client waits for `100 Continue` before it sends anything (RFC 9110 §10.1.1).
    var owesContinue = false
    /// How long it was waited for.
    var waited = Duration.zero
}
