/// Reads what a client says first on a new connection, before it is known which session is meant.
///
/// ```swift
/// var reader = AttachReader()
/// let request = try reader.receive(bytes)  // nil: more bytes are needed
/// ```
public struct AttachReader: Sendable {
    private var hello: [UInt8] = []
    private var frames = FrameBuffer()
    private var receivedSize = 0
    private var request: AttachRequest?

    /// A reader for one connection.
    public init() {}

    /// Takes bytes in; gives the request once it is complete, and nil before.
    ///
    /// A client sends nothing behind `ATTACH` before it is answered.
    ///
    /// - Throws: a ``Violation``, to be said with ``faultBytes(_:)`` before closing.
    public mutating func receive(_ bytes: RawSpan) throws(Violation) -> AttachRequest? {
        receivedSize += bytes.byteCount
        let size = min(Hello.size - hello.count, bytes.byteCount)
        hello += bytes.copy(0..<size)
        guard hello.count == Hello.size else { return nil }
        _ = try Hello.version(in: hello.rawSpan)
        var found = request
        try frames.forEachFrame(of: bytes.extracting(size..<bytes.byteCount)) {
            bytes,
            range throws(Violation) in
            guard found == nil, case .attach(let request) = try Frame(bytes, range) else {
                throw Violation(.wrongState, "a connection begins with ATTACH, then waits")
            }
            found = request
            return true
        }
        request = found
        guard receivedSize <= WireLimit.greeting, found == nil || frames.keptSize == 0 else {
            throw Violation(.malformed, "too much before the session was accepted")
        }
        return found
    }

    /// Hello and `FAULT`, to be sent to who broke a rule before it had a session.
    public static func faultBytes(_ violation: Violation) -> [UInt8] {
        var bytes = Hello.bytes(version: Hello.version)
        Frame.fault(violation.code, text: violation.text).write(into: &bytes)
        return bytes
    }
}
