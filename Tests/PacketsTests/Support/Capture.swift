import Packets

/// A pcapng file of packets, of which each was captured one second after the one before, from 1 on.
func capture(_ packets: [[UInt8]], link: LinkLayer) -> [UInt8] {
    var file: [UInt8] = []
    var writer = PcapngWriter(application: "test", to: &file)
    let interface = writer.add(PcapngInterface(name: "test0", link: link, snapSize: 0), to: &file)
    for (index, packet) in packets.enumerated() {
        let about = PcapngPacket(
            interface: interface,
            time: UInt64(index + 1) * 1_000_000_000,
            originalSize: UInt32(packet.count)
        )
        packet.read { writer.add(about, data: $0, to: &file) }
    }
    return file
}
