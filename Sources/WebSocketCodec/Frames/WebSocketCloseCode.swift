/// Why a WebSocket ended (RFC 6455 §7.4 and the IANA registry that goes on from it): an open set.
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: UInt16

    /// A code by its number; ``maySend`` says whether a frame may hold it.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: it did what it was for.
    public static let normal = Self(rawValue: 1000)

    /// 1001: the server is going down, or the page was left.
    public static let goingAway = Self(rawValue: 1001)

    /// 1002: the peer broke the protocol.
    public static let protocolError = Self(rawValue: 1002)

    /// 1003: a kind of data that is not accepted, such as binary where only text is.
    public static let unsupportedData = Self(rawValue: 1003)

    /// 1005: the close frame had no code.
    ///
    /// Never in a frame.
    public static let noStatus = Self(rawValue: 1005)

    /// 1006: the connection ended without a close frame.
    ///
    /// Never in a frame.
    public static let abnormal = Self(rawValue: 1006)

    /// 1007: data that is not what its type says, such as text that is not UTF-8.
    public static let invalidPayload = Self(rawValue: 1007)

    /// 1008: against a rule of the program's, where no other code fits.
    public static let policyViolation = Self(rawValue: 1008)

    /// 1009: a message that is too big.
    public static let messageTooBig = Self(rawValue: 1009)

    /// 1010: the client needs an extension that the server did not agree to.
    public static let mandatoryExtension = Self(rawValue: 1010)

    /// 1011: the server met something it did not expect.
    public static let internalError = Self(rawValue: 1011)

    /// 1012: the server restarts; come again.
    public static let serviceRestart = Self(rawValue: 1012)

    /// 1013: the server is overloaded; come again later.
    public static let tryAgainLater = Self(rawValue: 1013)

    /// 1014: a gateway got a bad answer from behind it.
    public static let badGateway = Self(rawValue: 1014)

    /// Whether a close frame may hold it (RFC 6455 §7.4): what is registered for that, and 3000 to
    /// 4999, which belong to libraries and programs.
    ///
    /// 1005, 1006 and 1015 stand for what no frame says; the rest is not given out yet.
    public var maySend: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension WebSocketCloseCode: CustomStringConvertible {
    /// The number, with its meaning where it has one: `1009 (message too big)`.
    public var description: String {
        let meaning: String? =
            switch self {
            case .normal: "normal"
            case .goingAway: "going away"
            case .protocolError: "protocol error"
            case .unsupportedData: "unsupported data"
            case .noStatus: "no status"
            case .abnormal: "abnormal"
            case .invalidPayload: "invalid payload"
            case .policyViolation: "policy violation"
            case .messageTooBig: "message too big"
            case .mandatoryExtension: "mandatory extension"
            case .internalError: "internal error"
            case .serviceRestart: "service restart"
            case .tryAgainLater: "try again later"
            case .badGateway: "bad gateway"
            default: nil
            }
        return if let meaning { "\(rawValue) (\(meaning))" } else { "\(rawValue)" }
    }
}
