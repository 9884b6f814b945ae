import Packets
import Sockets

/// A packet as files keep it (LINKTYPE_LINUX_SLL2): what the kernel said of its link, the VLAN tag
/// that it had taken off, and the bytes.
struct CookedFrame {
    let bytes: [UInt8]

    /// The header and a VLAN tag.
    static let headerSizeLimit = LinuxCookedHeader.size + tagSize
    private static let tagSize = 4

    static func headerSize(_ packet: ReceivedPacket) -> Int {
        packet.vlan == nil ? LinuxCookedHeader.size : headerSizeLimit
    }

    init(_ packet: ReceivedPacket, _ payload: RawSpan) {
        var header = packet.link
        var tag: [UInt8] = []
        if let vlan = packet.vlan {
            // As in an Ethernet frame: the tag's type first, and behind the tag what it is about.
            tag = [vlan.control, header.type.rawValue].flatMap {
                [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
            }
            header.type = vlan.type
        }
        var bytes = [UInt8](repeating: 0, count: LinuxCookedHeader.size)
        var elements = bytes.mutableSpan
        var room = unsafe elements.mutableBytes
        // There is exactly the room it takes.
        _ = try? header.write(into: &room)
        bytes += tag
        unsafe payload.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        self.bytes = bytes
    }
}
