import Packets
import Sockets

/// Packets that came together, and their bytes: what goes from the socket to those who print and
/// write.
final class PacketChunk: Sendable {
    struct Record: Sendable {
        let packet: ReceivedPacket
        let range: Range<Int>
    }

    let records: [Record]
    private let bytes: [UInt8]

    init(_ records: [Record], _ bytes: [UInt8]) {
        self.records = records
        self.bytes = bytes
    }

    /// What it takes in memory, about.
    var size: Int { bytes.count + records.count * MemoryLayout<Record>.stride }

    /// Calls `body` with each packet and its bytes.
    func forEachPacket(_ body: (ReceivedPacket, RawSpan) -> Void) {
        let (bytes, records) = (self.bytes, self.records)
        let elements = bytes.span
        // Safe: every byte of a UInt8 means something.
        let all = unsafe elements.bytes
        for record in records { body(record.packet, all.extracting(record.range)) }
    }
}
