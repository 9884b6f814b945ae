import Packets
import Sockets

/// Packets as JSON, one object a line.
struct PacketJSON: Sendable {
    private var names: [UInt32: String] = [:]

    /// The line of a packet, with its end.
    mutating func line(_ packet: ReceivedPacket, _ bytes: RawSpan) -> String {
        let layers = packet.layers(bytes)
        var line: JSONLine = [
            "event": .text("packet"),
            "time_ns": .number(Int(clamping: packet.nanoseconds)),
            "interface": .text(name(packet.interface)),
            "direction": .text(packet.link.direction.word),
            "size": .number(packet.size),
            "kept_size": .number(packet.count),
            "protocol": .text(ProtocolTally.Kind(layers).rawValue),
        ]
        if packet.link.address != 0 {
            line.append("link_address", .text(packet.link.addressText))
        }
        if let vlan = packet.vlan { line.append("vlan", .number(Int(vlan.identifier))) }
        if let (source, destination) = layers.addresses {
            line.append("source", .text(source))
            line.append("destination", .text(destination))
        }
        if let (source, destination) = layers.ports {
            line.append("source_port", .number(Int(source)))
            line.append("destination_port", .number(Int(destination)))
        }
        line.append("summary", .text(PacketSummary(layers, of: bytes).description))
        return line.description + "\n"
    }

    private mutating func name(_ interface: NetworkInterface) -> String {
        if let known = names[interface.index] { return known }
        let name = "\(interface)"
        names[interface.index] = name
        return name
    }
}

extension LinuxCookedHeader.Direction {
    fileprivate var word: String {
        switch self {
        case .toHost: "in"
        case .broadcast: "broadcast"
        case .multicast: "multicast"
        case .toOther: "other"
        case .outgoing: "out"
        default: "unknown"
        }
    }
}

extension PacketLayers {
    fileprivate var addresses: (source: String, destination: String)? {
        switch network {
        case .ipv4(let header): ("\(header.source)", "\(header.destination)")
        case .ipv6(let header, _): ("\(header.source)", "\(header.destination)")
        case .arp(let message): ("\(message.sender)", "\(message.target)")
        default: nil
        }
    }

    fileprivate var ports: (source: UInt16, destination: UInt16)? {
        switch transport {
        case .tcp(let header): (header.sourcePort, header.destinationPort)
        case .udp(let header): (header.sourcePort, header.destinationPort)
        default: nil
        }
    }
}
