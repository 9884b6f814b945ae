public import SessionProtocol
public import Sockets

/// Who wants to attach: what a server's hook decides on.
public struct SessionRequest: Sendable {
    /// The session's name, which the client chose.
    public let session: SessionID
    /// What the client shows, at most 4,096 bytes: anything, from anybody.
    public let credentials: [UInt8]
    /// Where it comes from, if that is known.
    public let peerAddress: SocketAddress?
    /// It takes up a session that this server has: the identity must be the same.
    public let isResuming: Bool
}

/// Who the other end of a session is: what a server's hook calls it.
public struct SessionIdentity: Hashable, Sendable, CustomStringConvertible {
    private let wireName: WireName

    /// A name in the application's terms.
    public var name: String { wireName.text }

    /// An identity; two are one if all bytes of their names are equal.
    public init(_ name: String) { wireName = WireName(name) }

    /// Nobody in particular: of all clients when there is no hook, and of servers.
    public static let anonymous = SessionIdentity("anonymous")

    /// The name.
    public var description: String { name }
}

/// A client that may attach.
public struct SessionAdmission: Sendable {
    /// Who it is.
    public let identity: SessionIdentity
    /// What the client's application is told, at most 4,096 bytes.
    public let answer: [UInt8]

    /// Lets a client in.
    public init(_ identity: SessionIdentity, answer: [UInt8] = []) {
        precondition(answer.count <= 4_096, "an answer of more than 4,096 bytes")
        self.identity = identity
        self.answer = answer
    }

    /// Lets anybody in.
    public static let anonymous = SessionAdmission(.anonymous)
}
