/// The byte of an IP header that asks for treatment on the way: the TOS byte of IPv4, the traffic
/// class of IPv6.
///
/// ```swift
/// let metadata = DatagramMetadata(trafficClass: TrafficClass(differentiatedServices: 46))
/// ```
public struct TrafficClass: Hashable, Sendable {
    /// The whole byte.
    public var rawValue: UInt8

    /// A byte as it stands in the header.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A class from its two parts.
    ///
    /// - Parameters:
    ///   - differentiatedServices: The code point (DSCP, RFC 2474), 0 to 63; 46 is expedited
    ///     forwarding. Higher bits are cut off.
    ///   - congestion: The mark of routers that are congested (ECN, RFC 3168).
    public init(differentiatedServices: UInt8, congestion: Congestion = .notCapable) {
        rawValue = (differentiatedServices & 0x3F) << 2 | congestion.rawValue
    }

    /// The code point of RFC 2474 (DSCP): the upper six bits.
    public var differentiatedServices: UInt8 { rawValue >> 2 }

    /// The explicit congestion notification of RFC 3168 (ECN): the lower two bits.
    public var congestion: Congestion { Congestion(rawValue: rawValue & 3) ?? .notCapable }

    /// The four code points of RFC 3168 §5.
    public enum Congestion: UInt8, Hashable, Sendable {
        /// Not-ECT: the sender does not understand congestion marks.
        case notCapable = 0
        /// ECT(1).
        case capable1 = 1
        /// ECT(0).
        case capable0 = 2
        /// CE: a router was congested.
        case experienced = 3
    }
}
