import Glibc
import Packets
import Sockets

/// Packets as lines for people, in the manner of tcpdump.
///
/// ```
/// 10:15:32.123456 eth0  In  IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64
/// ```
/// No byte of a packet's payload reaches a line, and no name that could command a terminal.
struct PacketText: Sendable {
    private let showsInterface: Bool
    private let isVerbose: Bool
    private let isColoured: Bool
    private var clock = ClockText()
    private var names: [UInt32: String] = [:]

    init(_ options: CaptureOptions) {
        self.init(
            showsInterface: options.isOnAll,
            isVerbose: options.verbose,
            isColoured: Terminal.wantsColour(STDOUT_FILENO)
        )
    }

    init(showsInterface: Bool, isVerbose: Bool, isColoured: Bool) {
        self.showsInterface = showsInterface
        self.isVerbose = isVerbose
        self.isColoured = isColoured
    }

    /// The line of a packet, and a second one if verbose, with their ends.
    mutating func lines(_ packet: ReceivedPacket, _ bytes: RawSpan) -> String {
        let layers = packet.layers(bytes)
        var line = colour(2, clock.text(packet.nanoseconds)) + " "
        if showsInterface { line += name(packet.interface) + " " }
        let direction = packet.link.direction
        line += colour(direction == .outgoing ? 33 : 36, direction.mark) + " "
        if let vlan = packet.vlan { line += "vlan \(vlan.identifier), " }
        line += PacketSummary(layers, of: bytes).description + "\n"
        if isVerbose { line += "    \(Self.details(packet, layers))\n" }
        return line
    }

    private static func details(_ packet: ReceivedPacket, _ layers: PacketLayers) -> String {
        var parts: [String] = []
        // Loopback has one of zeros.
        if packet.link.address != 0 { parts.append("from \(packet.link.addressText)") }
        switch layers.network {
        case .ipv4(let header):
            parts.append("ttl \(header.timeToLive)")
            parts.append("id \(header.identification)")
            if header.isDontFragment { parts.append("DF") }
            if header.isFragment { parts.append("offset \(Int(header.fragmentOffset) * 8)") }
            if header.trafficClass != 0 { parts.append("tos \(hex(header.trafficClass))") }
        case .ipv6(let header, _):
            parts.append("hop limit \(header.hopLimit)")
            if header.flowLabel != 0 { parts.append("flow \(hex(header.flowLabel))") }
            if header.trafficClass != 0 { parts.append("class \(hex(header.trafficClass))") }
        default: break
        }
        parts.append("\(packet.size) bytes")
        if packet.isTruncated { parts.append("\(packet.count) kept") }
        return parts.joined(separator: ", ")
    }

    private static func hex(_ value: some BinaryInteger) -> String {
        "0x" + String(value, radix: 16)
    }

    /// An interface's name, so wide that most of them make a column.
    private mutating func name(_ interface: NetworkInterface) -> String {
        if let known = names[interface.index] { return known }
        let name = "\(interface)".printable
        let padded = name + String(repeating: " ", count: max(0, 5 - name.count))
        names[interface.index] = padded
        return padded
    }

    /// SGR: 2 is faint, 36 cyan comes and 33 yellow goes, as in hex dumps.
    private func colour(_ number: Int, _ text: String) -> String {
        isColoured ? "\u{1B}[\(number)m\(text)\u{1B}[0m" : text
    }
}

extension LinuxCookedHeader.Direction {
    /// As tcpdump marks it.
    var mark: String {
        switch self {
        case .toHost: "In "
        case .broadcast: "B  "
        case .multicast: "M  "
        case .toOther: "P  "
        case .outgoing: "Out"
        default: "?  "
        }
    }
}

extension LinuxCookedHeader {
    /// The sender's link address: `02:00:00:00:00:01`.
    var addressText: String {
        (0..<min(Int(addressSize), 8)).map { index in
            let byte = UInt8(truncatingIfNeeded: address >> UInt64(56 - 8 * index))
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined(separator: ":")
    }
}
