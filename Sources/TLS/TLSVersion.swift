/// A version of the protocol: older ones than these are never spoken (RFC 8996).
public struct TLSVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As it stands on the wire: 0x0303, 0x0304.
    public let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// TLS 1.2 (RFC 5246).
    public static let tls12 = Self(rawValue: 0x0303)
    /// TLS 1.3 (RFC 8446).
    public static let tls13 = Self(rawValue: 0x0304)

    /// Older is less.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// `TLS 1.3`.
    public var description: String {
        switch self {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        default: "TLS version \(rawValue)"
        }
    }
}
