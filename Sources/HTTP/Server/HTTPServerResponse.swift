public import HTTPCodec
internal import Sockets

/// The answer to a request: set what its head says, then send.
///
/// ```swift
/// response.fields[.contentType] = "text/plain; charset=utf-8"
/// try await response.send("hello\n")
/// ```
/// A body of unknown length is begun, written piece by piece, and finished; each piece leaves at once:
/// ```swift
/// try await response.begin()
/// for await price in prices { try await response.write("data: \(price)\n\n") }
/// try await response.finish()
/// ```
/// `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are added. Of an answer to `HEAD` only
/// the head is sent, whatever is written. A handler that returns without having sent anything answers
/// with `status` and no body; one that throws, with 500, or cuts the connection if the head is gone.
///
/// Belongs to its handler, and ends with it.
public final class HTTPServerResponse {
    /// The status; 200 at first.
    public var status = HTTPResponse.Status.ok

    /// The fields.
    public var fields: HTTPFields = [:]

    private let request: HTTPServerRequest
    /// What the request's head says.
    var head: RequestHead { request.message }
    var connection: ServerConnection?
    private(set) var progress = Progress.notBegun

    /// Bytes of body that the connection has taken so far, to be sent with others or already sent; of a
    /// piece that was cut those that went out, and none of an answer that has no body.
    public private(set) var bodySize: UInt64 = 0

    /// Bytes of body that the handler has written: more, if the answer has no body or was cut.
    private var writtenSize: UInt64 = 0

    /// Called with the bytes of body that the stream has taken so far, and with how many they will be
    /// if that was announced: for a progress bar.
    ///
    /// After each piece, and within a file every 256 KiB. Not for what leaves together with its head.
    /// Runs on the connection's thread; must not block.
    public var onProgress: ((_ bodySize: UInt64, _ length: UInt64?) -> Void)?

    /// How far the answer has come.
    enum Progress: Equatable {
        case notBegun
        case body(HTTPFraming)
        case finished
        /// The connection speaks another protocol.
        case handedOver
    }

    init(to request: HTTPServerRequest, _ connection: ServerConnection) {
        self.request = request
        self.connection = connection
        keepsConnection = request.message.keepsConnection
    }

    /// Whether another request may follow on this connection; set it to false to end it.
    public var keepsConnection: Bool

    private var hasBody: Bool {
        head.method != .head && status.code >= 200 && status.code != 204 && status.code != 304
    }

    // MARK: The whole answer

    /// Sends head and body.
    ///
    /// It gathers with the answers to further requests that are already there. Cancellation and
    /// deadlines: terminal.
    public func send(_ body: RawSpan) async throws {
        let connection = try begun(.length(UInt64(body.byteCount)))
        if hasBody, body.byteCount > 0 {
            if body.byteCount > Self.copiedSize {
                // The head is gone by then, whatever becomes of the rest.
                progress = .body(.length(UInt64(body.byteCount)))
                try await send(body, over: connection)
            } else {
                connection.append(body)
                bodySize = UInt64(body.byteCount)
            }
        }
        progress = .finished
        if connection.hasMuchToSend { try await connection.flush() }
    }

    /// Sends head and body.
    public func send(_ body: [UInt8]) async throws { try await unsafe send(body.span.bytes) }

    /// Sends head and body, a text as UTF-8; it is `text/plain` unless `Content-Type` says otherwise.
    public func send(_ text: String) async throws {
        sayItIsText()
        try await unsafe send(text.utf8Span.span.bytes)
    }

    /// Answers HEAD without saying how long the body would be.
    func sendHeadAlone() throws {
        precondition(head.method == .head, "an answer that has a body")
        _ = try begun(.none)
        progress = .finished
    }

    // MARK: Piece by piece

    /// Begins a body of so many bytes, or of unknown length: then chunked, or until the connection ends
    /// for a client of HTTP/1.0.
    ///
    /// Nothing is sent before the first piece.
    public func begin(length: UInt64? = nil) throws {
        let framing: HTTPFraming =
            if let length { .length(length) } else if head.version == .oneZero { .untilClose } else
            {
                .chunked
            }
        if framing == .untilClose { keepsConnection = false }
        _ = try begun(framing)
        progress = .body(framing)
    }

    /// Sends the next piece of the body.
    ///
    /// Returns when the kernel has taken it: a slow client slows its handler. Cancellation and
    /// deadlines: terminal.
    public func write(_ piece: RawSpan) async throws {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard case .body(let framing) = progress else { throw HTTPServerError.alreadyAnswered }
        let written = writtenSize &+ UInt64(piece.byteCount)
        if case .length(let length) = framing, written > length {
            throw HTTPServerError.wrongBodyLength(announced: length, written: written)
        }
        writtenSize = written
        guard hasBody, piece.byteCount > 0 else { return }
        defer { tellProgress(bodySize, framing) }
        guard framing == .chunked else { return try await send(piece, over: connection) }
        connection.write { HTTPSerializer.appendChunkHead(size: piece.byteCount, to: &$0) }
        if piece.byteCount > Self.copiedSize {
            try await send(piece, over: connection)
            connection.write { HTTPSerializer.appendChunkEnd(to: &$0) }
        } else {
            try await sendChunk(piece, over: connection)
        }
    }

    /// Pieces up to this leave together with what frames them: copying costs less than another call.
    private static let copiedSize = 16_384

    /// Sends bytes of the body, and counts those that went out, also when it is cut.
    private func send(_ piece: RawSpan, over connection: ServerConnection) async throws {
        do throws(SocketError) {
            try await connection.send(piece)
        } catch {
            bodySize &+= UInt64(error.transferredCount)
            throw error
        }
        bodySize &+= UInt64(piece.byteCount)
    }

    /// The same for a chunk whose head has gathered: its end leaves with it.
    private func sendChunk(_ piece: RawSpan, over connection: ServerConnection) async throws {
        let before = connection.gatheredSize
        connection.append(piece)
        connection.write { HTTPSerializer.appendChunkEnd(to: &$0) }
        do throws(SocketError) {
            try await connection.flush()
        } catch {
            let sent = min(max(0, error.transferredCount - before), piece.byteCount)
            bodySize &+= UInt64(sent)
            throw error.withTransferredCount(sent)
        }
        bodySize &+= UInt64(piece.byteCount)
    }

    /// Sends the next piece of the body.
    public func write(_ piece: [UInt8]) async throws { try await unsafe write(piece.span.bytes) }

    /// Sends the next piece of the body, a text as UTF-8.
    public func write(_ piece: String) async throws {
        try await unsafe write(piece.utf8Span.span.bytes)
    }

    /// Sends a part of an open file as the next piece of the body: sendfile(2) where nothing has to be
    /// done to the bytes, otherwise read and sent.
    ///
    /// Fails with ``HTTPServerError/wrongBodyLength(announced:written:)`` when the file ends before.
    public func write(file descriptor: CInt, offset: Int, count: Int) async throws {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard case .body(.length(let length)) = progress else {
            throw HTTPServerError.alreadyAnswered
        }
        let written = writtenSize &+ UInt64(count)
        if written > length {
            throw HTTPServerError.wrongBodyLength(announced: length, written: written)
        }
        writtenSize = written
        guard hasBody else { return }
        let before = bodySize
        let sent: Int
        do throws(SocketError) {
            sent = try await connection.sendFile(
                descriptor,
                offset: offset,
                count: count,
                onStep: onProgress.map { tell in { tell(before &+ UInt64($0), length) } }
            )
        } catch {
            bodySize &+= UInt64(error.transferredCount)
            throw error
        }
        bodySize &+= UInt64(sent)
        if sent < count {
            throw HTTPServerError.wrongBodyLength(announced: length, written: bodySize)
        }
    }

    /// Ends the body.
    ///
    /// - Parameter trailers: Fields after a chunked body; others cannot have any.
    /// - Throws: ``HTTPServerError/wrongBodyLength(announced:written:)``, and as sending does.
    public func finish(trailers: HTTPFields = [:]) async throws {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        switch progress {
        case .notBegun: return try await send([])
        case .finished, .handedOver: return
        case .body(.chunked):
            if hasBody {
                try connection.write { output throws in
                    try HTTPSerializer.appendLastChunk(trailers: trailers, to: &output)
                }
            }
        case .body(.length(let length)):
            if hasBody, writtenSize != length {
                throw HTTPServerError.wrongBodyLength(announced: length, written: writtenSize)
            }
        case .body: break
        }
        progress = .finished
        if connection.hasMuchToSend { try await connection.flush() }
    }

    /// Sends an interim answer (RFC 9110 §15.2), such as 103 with early hints; clients of HTTP/1.0 get
    /// none.
    public func inform(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) async throws {
        precondition(status.kind == .informational && status.code != 101, "not an interim status")
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard progress == .notBegun else { throw HTTPServerError.alreadyAnswered }
        if head.version == .oneZero { return }
        try connection.write { output throws in
            try HTTPSerializer.append(
                status,
                fields,
                framing: .none,
                answering: head.method,
                to: &output
            )
        }
        try await connection.flush()
    }

    // MARK: Helpers

    /// Not part of its caller, whose frame a handler has above its own.
    @inline(never)
    private func sayItIsText() {
        if !fields.contains(.contentType) { fields[.contentType] = "text/plain; charset=utf-8" }
    }

    private func tellProgress(_ size: UInt64, _ framing: HTTPFraming) {
        if case .length(let length) = framing {
            onProgress?(size, length)
        } else {
            onProgress?(size, nil)
        }
    }

    /// Writes the head.
    @inline(never)
    private func begun(_ framing: HTTPFraming) throws -> ServerConnection {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard progress == .notBegun else { throw HTTPServerError.alreadyAnswered }
        if connection.presence.isStopping || connection.bodyProgress.owesContinue {
            keepsConnection = false
            // A final answer says that none comes (RFC 9110 §10.1.1), and nothing may stand in its middle.
            connection.oweNoContinue()
        }
        let isBodiless = status.code == 204 || status.code == 304 || status.code < 200
        let option: HTTPSerializer.ConnectionOption? =
            if !keepsConnection { .close } else if head.version == .oneZero { .keepAlive } else {
                nil
            }
        try connection.write { output throws in
            try HTTPSerializer.append(
                status,
                fields,
                framing: isBodiless ? .none : framing,
                answering: head.method,
                connection: option,
                with: fields.contains(.date) ? [] : connection.dateLine.current,
                to: &output
            )
        }
        return connection
    }

    /// Sends 101 and gives the connection away: what follows is of the other protocol.
    ///
    /// - Returns: The connection; its ``ServerConnection/leaveHTTP()`` gives what was received beyond the
    ///   request.
    func handOver(_ fields: HTTPFields) async throws -> ServerConnection {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard progress == .notBegun else { throw HTTPServerError.alreadyAnswered }
        guard try await connection.skipBody() else { throw HTTPServerError.alreadyAnswered }
        status = .switchingProtocols
        try connection.write { output throws in
            try HTTPSerializer.append(
                status,
                fields,
                framing: .none,
                answering: head.method,
                connection: .upgrade,
                to: &output
            )
        }
        progress = .handedOver
        try await connection.flush()
        request.forgetHandshake()
        return connection
    }

    /// Sends what a handler refuses with.
    func send(_ refusal: HTTPRefusal) async throws {
        status = refusal.status
        fields = refusal.fields
        try await send(refusal.reason + "\n")
    }

    /// Notes that the server answered for the handler, which threw, with a body of so many bytes.
    func refused(with status: HTTPResponse.Status, bodySize: UInt64) {
        self.status = status
        self.bodySize = bodySize
        progress = .finished
    }

    /// Whether the handler has said all it had to say.
    var isOver: Bool { progress == .finished || progress == .handedOver }

    func end() { connection = nil }
}
