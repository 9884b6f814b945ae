/// Writes captures in the pcapng format, which Wireshark and its tools read.
///
/// ```swift
/// var bytes: [UInt8] = []
/// var writer = PcapngWriter(application: "capture", to: &bytes)
/// let interface = writer.add(PcapngInterface(name: "eth0", link: .ethernet, snapSize: 0), to: &bytes)
/// writer.add(
///     PcapngPacket(interface: interface, time: now, originalSize: 60), data: packet, to: &bytes)
/// ```
/// It appends whole blocks to an array that the caller writes to a file and empties with
/// `removeAll(keepingCapacity: true)`: then a packet allocates nothing. A file cut after any block
/// is whole. All numbers are little-endian; times are in nanoseconds.
public struct PcapngWriter: Sendable {
    /// How many interfaces were added; packets and statistics name them by numbers below.
    public private(set) var interfaceCount: UInt32 = 0

    /// The longest text of an option, in bytes: its length is a 16-bit number.
    static let textSizeLimit = Int(UInt16.max)

    /// Begins a section, which must be the first of a file.
    ///
    /// A text longer than 65,535 bytes is cut, here and in interfaces.
    public init(application: String, to output: inout [UInt8]) {
        output.appendBlock(PcapngBlock.Kind.section) { body in
            body.append(little: PcapngBlock.byteOrderMagic)
            body.append(little: UInt16(1))  // version 1.0
            body.append(little: UInt16(0))
            body.append(little: UInt64.max)  // the section's size is not known
            body.append(option: PcapngOption.sectionApplication, text: application)
            body.appendEndOfOptions()
        }
    }

    /// Adds an interface.
    ///
    /// - Returns: its number.
    public mutating func add(_ interface: PcapngInterface, to output: inout [UInt8]) -> UInt32 {
        output.appendBlock(PcapngBlock.Kind.interface) { body in
            body.append(little: interface.linkNumber)
            body.append(little: UInt16(0))
            body.append(little: interface.snapSize)
            if let name = interface.name {
                body.append(option: PcapngOption.interfaceName, text: name)
            }
            body.append(option: PcapngOption.interfaceTimeResolution, size: 1)
            body += [9, 0, 0, 0]  // units of 10^-9 seconds, and padding
            if let filter = interface.filter {
                // The 0 says that the filter is text.
                body.append(option: PcapngOption.interfaceFilter, text: "\0" + filter)
            }
            body.appendEndOfOptions()
        }
        defer { interfaceCount += 1 }
        return interfaceCount
    }

    /// Adds a packet, of which `data` are the bytes that were kept.
    public func add(_ packet: PcapngPacket, data: RawSpan, to output: inout [UInt8]) {
        precondition(packet.interface < interfaceCount, "a packet of an interface not added")
        output.appendBlock(PcapngBlock.Kind.packet) { body in
            body.append(little: packet.interface)
            body.append(time: packet.time)
            body.append(little: UInt32(data.byteCount))
            body.append(little: packet.originalSize)
            unsafe data.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
            body.padToWord(after: data.byteCount)
            if let direction = packet.direction {
                body.append(option: PcapngOption.packetFlags, size: 4)
                body.append(little: UInt32(direction.rawValue))
            }
            if let dropCount = packet.dropCount {
                body.append(option: PcapngOption.packetDropCount, size: 8)
                body.append(little: dropCount)
            }
            if packet.direction != nil || packet.dropCount != nil { body.appendEndOfOptions() }
        }
    }

    /// Adds what an interface counted, usually at the end.
    public func add(_ statistics: PcapngStatistics, to output: inout [UInt8]) {
        precondition(statistics.interface < interfaceCount, "statistics of an interface not added")
        output.appendBlock(PcapngBlock.Kind.statistics) { body in
            body.append(little: statistics.interface)
            body.append(time: statistics.time)
            if let count = statistics.receivedCount {
                body.append(option: PcapngOption.statisticsReceived, size: 8)
                body.append(little: count)
            }
            if let count = statistics.droppedCount {
                body.append(option: PcapngOption.statisticsDropped, size: 8)
                body.append(little: count)
            }
            body.appendEndOfOptions()
        }
    }
}

extension [UInt8] {
    /// Appends a block around the body: its type, and its length before and after (§3.1).
    fileprivate mutating func appendBlock(_ kind: UInt32, _ body: (inout [UInt8]) -> Void) {
        let start = count
        append(little: kind)
        append(little: UInt32(0))
        body(&self)
        let size = UInt32(count - start + 4)
        for index in 0..<4 {
            self[start + 4 + index] = UInt8(truncatingIfNeeded: size >> (8 * index))
        }
        append(little: size)
    }

    fileprivate mutating func append(little value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The upper half comes first, whatever the byte order (§4.3).
    fileprivate mutating func append(time: UInt64) {
        append(little: UInt32(truncatingIfNeeded: time >> 32))
        append(little: UInt32(truncatingIfNeeded: time))
    }

    fileprivate mutating func append(option: UInt16, size: UInt16) {
        append(little: option)
        append(little: size)
    }

    fileprivate mutating func append(option: UInt16, text: String) {
        let bytes = text.utf8.prefix(PcapngWriter.textSizeLimit)
        append(option: option, size: UInt16(bytes.count))
        append(contentsOf: bytes)
        padToWord(after: bytes.count)
    }

    fileprivate mutating func appendEndOfOptions() { append(option: PcapngOption.end, size: 0) }

    fileprivate mutating func padToWord(after size: Int) {
        for _ in 0..<(4 - size & 3) & 3 { append(0) }
    }
}
