/// What a client asks for with `ATTACH`: this session, on this connection, from here on.
public struct AttachRequest: Hashable, Sendable {
    /// Which session, with the proof.
    public let ticket: SessionTicket
    /// The fencing number: the client's first attempt is 1, each later one is one more.
    public let epoch: UInt64
    /// Whether this client was ever accepted in this session.
    public let isResuming: Bool
    package var receivedCount: UInt64
    let clock: UInt64
    let limits: SessionLimits
    /// The application's: who the client is.
    public let credentials: [UInt8]

    func write(into bytes: inout [UInt8]) {
        for half in [ticket.session, ticket.secret] {
            bytes.append(bigEndian: half.high)
            bytes.append(bigEndian: half.low)
        }
        bytes.append(number: epoch)
        bytes.append(isResuming ? 1 : 0)
        bytes.append(number: receivedCount)
        bytes.append(number: clock)
        limits.write(into: &bytes)
        bytes.append(field: credentials)
    }
}

extension AttachRequest {
    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        let session = SessionID(try reader.uint64(bytes), try reader.uint64(bytes))
        let secret = SessionID(try reader.uint64(bytes), try reader.uint64(bytes))
        ticket = SessionTicket(session: session, secret: secret)
        epoch = try reader.number(bytes)
        let resuming = try reader.number(bytes)
        guard resuming <= 1, epoch > 0 else {
            throw Violation(.malformed, "an ATTACH that no client makes")
        }
        isResuming = resuming == 1
        receivedCount = try reader.number(bytes)
        clock = try reader.number(bytes)
        limits = try SessionLimits(&reader, bytes)
        credentials = try reader.field(bytes, limit: WireLimit.credentials)
    }
}

/// What a server grants with `ACCEPT`.
struct Acceptance: Hashable, Sendable {
    var epoch: UInt64
    var receivedCount: UInt64
    var clock: UInt64
    var limits: SessionLimits
    var timing: SessionTiming
    var answer: [UInt8]

    func write(into bytes: inout [UInt8]) {
        bytes.append(number: epoch)
        bytes.append(number: receivedCount)
        bytes.append(number: clock)
        limits.write(into: &bytes)
        for value in [timing.heartbeat, timing.silence, timing.keep, timing.slot] {
            bytes.append(number: UInt64(value))
        }
        bytes.append(field: answer)
    }
}

extension Acceptance {
    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        epoch = try reader.number(bytes)
        receivedCount = try reader.number(bytes)
        clock = try reader.number(bytes)
        limits = try SessionLimits(&reader, bytes)
        timing = try SessionTiming(&reader, bytes)
        answer = try reader.field(bytes, limit: WireLimit.credentials)
    }
}

/// Why a server refuses an attachment, and when to try again.
public struct Refusal: Hashable, Sendable {
    /// Why.
    public var code: SessionCode
    /// How long the client should wait, in milliseconds, if it may try again.
    public var retryAfterMilliseconds: UInt32
    /// For people; cut at 1,024 bytes.
    public var text: String

    /// A refusal.
    public init(_ code: SessionCode, retryAfterMilliseconds: UInt32 = 0, text: String = "") {
        self.code = code
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.text = text
    }

    /// Hello and `REFUSE`, to be sent to the client before closing.
    public var bytes: [UInt8] {
        var bytes = Hello.bytes(version: Hello.version)
        Frame.refuse(self).write(into: &bytes)
        return bytes
    }

    /// Whether the session is as it was, so that the client may try again.
    public var leavesSession: Bool { [.overloaded, .draining, .refused].contains(code) }
}
