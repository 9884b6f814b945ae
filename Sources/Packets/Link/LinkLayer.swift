/// How the bytes of a captured packet begin.
public enum LinkLayer: Hashable, Sendable {
    /// With an Ethernet header: a packet socket of type `SOCK_RAW` on Ethernet or loopback.
    case ethernet

    /// With a ``LinuxCookedHeader``, in files.
    case cooked

    /// With an IP header of either version: a tunnel.
    case rawIP

    /// The number by which files call it (tcpdump.org, "Link-layer header types").
    public var fileNumber: UInt16 {
        switch self {
        case .ethernet: 1
        case .rawIP: 101
        case .cooked: 276
        }
    }

    /// The link layer a file calls by that number, or nil for one that is not known here.
    public init?(fileNumber: UInt16) {
        switch fileNumber {
        case 1: self = .ethernet
        case 101: self = .rawIP
        case 276: self = .cooked
        default: return nil
        }
    }
}
