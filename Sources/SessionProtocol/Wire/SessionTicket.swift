/// What names a session, and proves the right to it: 16 random bytes each.
///
/// The client draws both from a secure random source, once for each session. Printing shows the
/// name only.
public struct SessionTicket: Hashable, Sendable {
    /// The session's name: in logs and ledgers.
    public let session: SessionID
    /// The proof: in no log.
    let secret: SessionID

    /// A ticket of random bytes.
    public init(using random: inout some RandomNumberGenerator) {
        session = SessionID(random.next(), random.next())
        secret = SessionID(random.next(), random.next())
    }

    init(session: SessionID, secret: SessionID) {
        self.session = session
        self.secret = secret
    }

    /// Whether the secrets are equal, in a time that does not tell where they differ.
    func hasSecret(of other: SessionTicket) -> Bool {
        (secret.high ^ other.secret.high) | (secret.low ^ other.secret.low) == 0
    }
}

extension SessionTicket: CustomStringConvertible, CustomDebugStringConvertible {
    /// The session's name.
    public var description: String { session.description }
    /// The session's name.
    public var debugDescription: String { session.description }
}

/// Sixteen bytes that name a session.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    init(_ high: UInt64, _ low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    public var description: String {
        Hexadecimal.text(high, digits: 16) + Hexadecimal.text(low, digits: 16)
    }
}

/// Numbers of fixed width in hexadecimal.
enum Hexadecimal {
    static func text(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
