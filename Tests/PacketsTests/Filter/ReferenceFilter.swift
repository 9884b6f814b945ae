@testable import Packets

/// A filter by its words, over headers as they are parsed: slow, and nothing like a program.
extension FilterExpression {
    func accepts(_ frame: [UInt8]) -> Bool {
        switch self {
        case .primitive(let primitive): return primitive.accepts(frame)
        case .not(let inner): return !inner.accepts(frame)
        case .chain(let first, let rest):
            var verdict = first.accepts(frame)
            for (join, term) in rest {
                let other = term.accepts(frame)
                verdict = join == .and ? verdict && other : verdict || other
            }
            return verdict
        }
    }
}

extension FilterPrimitive {
    fileprivate func accepts(_ frame: [UInt8]) -> Bool {
        let layers = frame.read { PacketLayers(parsing: $0, link: .ethernet) }
        guard case .ethernet(let link) = layers.link else { return false }
        switch self {
        case .link(let type): return link.type == type
        case .sizeAtMost(let size): return frame.count <= Int(size)
        case .sizeAtLeast(let size): return frame.count >= Int(size)
        case .vlan: return false
        case .multicast(.v4):
            guard case .ipv4(let header) = layers.network else { return false }
            return header.destination.bits >= 0xE000_0000
        case .multicast(.v6):
            guard case .ipv6(let header, _) = layers.network else { return false }
            return header.destination.isMulticast
        case .carries(let payload, let family):
            return Self.carries(layers.network, frame, payload, family)
        case .address(let prefix, let direction, let type):
            let ends = Self.ends(layers.network, frame, link.type)
            guard let ends, type == nil || type == link.type else { return false }
            return direction.holds(prefix.contains(ends.0), prefix.contains(ends.1))
        case .port(let range, let direction, let transport):
            return Self.ports(layers.network, frame, transport).map {
                direction.holds(range.contains($0), range.contains($1))
            } ?? false
        }
    }

    private static func carries(
        _ network: PacketLayers.Network,
        _ frame: [UInt8],
        _ payload: IPProtocol,
        _ family: FilterFamily?
    ) -> Bool {
        switch network {
        case .ipv4(let header): family != .v6 && header.payloadProtocol == payload
        case .ipv6(let header, _):
            family != .v4
                && (header.nextHeader == payload
                    || header.nextHeader == .fragment && frame[54] == payload.rawValue)
        default: false
        }
    }

    private static func ends(
        _ network: PacketLayers.Network,
        _ frame: [UInt8],
        _ type: EtherType
    ) -> (IPAddress, IPAddress)? {
        switch network {
        case .ipv4(let header): return (.v4(header.source), .v4(header.destination))
        case .ipv6(let header, _): return (.v6(header.source), .v6(header.destination))
        case .arp(let message): return (.v4(message.sender), .v4(message.target))
        case .other(.rarp):
            let message = Array(frame[14...]).read { try? ARPMessage(parsing: $0) }
            return message.map { (.v4($0.sender), .v4($0.target)) }
        default: return nil
        }
    }

    private static func ports(
        _ network: PacketLayers.Network,
        _ frame: [UInt8],
        _ transport: IPProtocol?
    ) -> (UInt16, UInt16)? {
        let start: Int
        let payload: IPProtocol
        switch network {
        case .ipv4(let header):
            guard header.fragmentOffset == 0 else { return nil }
            (start, payload) = (14 + header.size, header.payloadProtocol)
        case .ipv6(let header, _): (start, payload) = (54, header.nextHeader)
        default: return nil
        }
        guard transport == payload || transport == nil && [.tcp, .udp, .sctp].contains(payload)
        else { return nil }
        return (
            UInt16(frame[start]) << 8 | UInt16(frame[start + 1]),
            UInt16(frame[start + 2]) << 8 | UInt16(frame[start + 3])
        )
    }
}

extension FilterDirection {
    fileprivate func holds(_ source: Bool, _ destination: Bool) -> Bool {
        switch self {
        case .source: source
        case .destination: destination
        case .either: source || destination
        case .both: source && destination
        }
    }
}

extension FilterPrefix {
    fileprivate func contains(_ address: IPAddress) -> Bool {
        switch (self, address) {
        case (.v4(let network, let mask), .v4(let address)):
            return address.bits & mask == network.bits
        case (.v6(let network, let length), .v6(let address)):
            let bits = { (address: IPv6Address) in
                [address.highBits, address.lowBits].flatMap { half in
                    (0..<64).map { half >> UInt64(63 - $0) & 1 }
                }
            }
            return bits(network).prefix(length) == bits(address).prefix(length)
        default: return false
        }
    }
}
