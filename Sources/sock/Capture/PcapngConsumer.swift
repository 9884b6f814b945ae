import ArgumentParser
import Packets
import Sockets

/// Writes packets to a pcapng file, each interface under its name, and whole blocks at a time: a
/// file that is cut off can be read to there.
struct PcapngConsumer: PacketConsumer {
    private let file: CaptureFile
    /// What is captured on, the file's interface 0.
    private let main: NetworkInterface
    private let filter: String?
    private let snapSize: Int

    private var output: [UInt8] = []
    private var writer: PcapngWriter?
    /// The file's numbers of interfaces, and their packets.
    private var interfaces: [NetworkInterface: (number: UInt32, packetCount: Int)] = [:]
    private var lostCount = 0
    private var packetCount = 0

    init(_ file: CaptureFile, on main: NetworkInterface, filter: String?, snapSize: Int) {
        self.file = file
        self.main = main
        self.filter = filter
        self.snapSize = snapSize
    }

    mutating func begin() throws(Failure) {
        file.begin()
        var writer = PcapngWriter(application: Sock.configuration.version, to: &output)
        interfaces[main] = (add(main, &writer), 0)
        self.writer = writer
        try flush()
    }

    mutating func take(_ chunk: PacketChunk, lostCount: Int) throws(Failure) {
        var lostBefore = lostCount
        self.lostCount += lostCount
        chunk.forEachPacket { packet, bytes in
            write(packet, bytes, lostBefore: lostBefore)
            lostBefore = 0
        }
        try flush()
    }

    private mutating func write(_ packet: ReceivedPacket, _ bytes: RawSpan, lostBefore: Int) {
        guard var writer else { return }
        var entry =
            interfaces[packet.interface]
            ?? (add(packet.interface, &writer), 0)
        entry.packetCount += 1
        packetCount += 1
        interfaces[packet.interface] = entry
        self.writer = writer
        unsafe writer.add(
            PcapngPacket(
                interface: entry.number,
                time: packet.nanoseconds,
                originalSize: UInt32(clamping: packet.size + CookedFrame.headerSize(packet)),
                direction: packet.link.direction == .outgoing ? .outbound : .inbound,
                dropCount: lostBefore > 0 ? UInt64(lostBefore) : nil
            ),
            data: CookedFrame(packet, bytes).bytes.span.bytes,
            to: &output
        )
    }

    private mutating func add(
        _ interface: NetworkInterface,
        _ writer: inout PcapngWriter
    ) -> UInt32 {
        let limit = snapSize + CookedFrame.headerSizeLimit
        return writer.add(
            PcapngInterface(
                name: interface.description,
                link: .cooked,
                snapSize: UInt32(limit),
                filter: filter
            ),
            to: &output
        )
    }

    /// What each interface had; what was dropped only the capture as a whole knows.
    mutating func end(_ ending: CaptureEnding, lostCount: Int) throws(Failure) {
        guard let writer else { return }
        for (interface, entry) in interfaces.sorted(by: { $0.value.number < $1.value.number }) {
            let isMain = interface == main
            writer.add(
                PcapngStatistics(
                    interface: entry.number,
                    time: ending.time,
                    receivedCount: UInt64(isMain ? packetCount : entry.packetCount),
                    droppedCount: isMain
                        ? UInt64(ending.droppedCount + self.lostCount + lostCount) : nil
                ),
                to: &output
            )
        }
        try flush()
    }

    private mutating func flush() throws(Failure) {
        try file.write(output)
        output.removeAll(keepingCapacity: true)
    }
}

extension ReceivedPacket {
    /// Nanoseconds since 1970.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = receiveTime.components
        return UInt64(clamping: seconds) &* 1_000_000_000
            &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}
