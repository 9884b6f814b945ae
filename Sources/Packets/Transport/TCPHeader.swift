/// The header of a TCP segment (RFC 9293 §3.1).
public struct TCPHeader: Hashable, Sendable {
    /// The size in bytes of a header without options.
    public static let fixedSize = 20

    /// The control bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits as they stand in the header.
        public let rawValue: UInt8

        /// Flags by their bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// No more data comes.
        public static let fin = Flags(rawValue: 1)

        /// The first of a connection: synchronise sequence numbers.
        public static let syn = Flags(rawValue: 2)

        /// The connection is refused or broken.
        public static let rst = Flags(rawValue: 4)

        /// Hand the data over without waiting for more.
        public static let psh = Flags(rawValue: 8)

        /// The acknowledgment number means something.
        public static let ack = Flags(rawValue: 16)

        /// The urgent pointer means something.
        public static let urg = Flags(rawValue: 32)

        /// Congestion was seen (RFC 3168).
        public static let ece = Flags(rawValue: 64)

        /// The congestion window was reduced (RFC 3168).
        public static let cwr = Flags(rawValue: 128)
    }

    /// The sender's port.
    public var sourcePort: UInt16

    /// The receiver's port.
    public var destinationPort: UInt16

    /// The number of the first byte of the payload, or of the SYN.
    public var sequenceNumber: UInt32

    /// The number of the next byte that is expected.
    public var acknowledgmentNumber: UInt32

    /// The control bits.
    public var flags: Flags

    /// How many bytes may be sent, before ``TCPOptions/windowScale``.
    public var window: UInt16

    /// The checksum as it was read; ``write(into:pseudoHeader:)`` computes its own.
    public internal(set) var checksum: UInt16 = 0

    /// Where urgent data ends, from the sequence number.
    public var urgentPointer: UInt16

    /// The options as bytes: ``TCPOptions`` reads them.
    public var options: HeaderOptions

    /// A header to be written.
    public init(
        sourcePort: UInt16,
        destinationPort: UInt16,
        sequenceNumber: UInt32,
        acknowledgmentNumber: UInt32 = 0,
        flags: Flags,
        window: UInt16,
        urgentPointer: UInt16 = 0,
        options: HeaderOptions = HeaderOptions()
    ) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.sequenceNumber = sequenceNumber
        self.acknowledgmentNumber = acknowledgmentNumber
        self.flags = flags
        self.window = window
        self.urgentPointer = urgentPointer
        self.options = options
    }

    /// The size in bytes with the options: where the payload begins.
    public var size: Int { Self.fixedSize + options.size }
}

extension TCPHeader.Flags: CustomStringConvertible {
    /// As tcpdump prints them: `S` SYN, `F` FIN, `P` PSH, `R` RST, `U` URG, `W` CWR, `E` ECE, `.`
    /// ACK; `none` for none.
    public var description: String {
        let letters: [(TCPHeader.Flags, String)] = [
            (.fin, "F"), (.syn, "S"), (.rst, "R"), (.psh, "P"), (.ack, "."), (.urg, "U"),
            (.ece, "E"), (.cwr, "W"),
        ]
        let text = letters.filter { contains($0.0) }.map(\.1).joined()
        return text.isEmpty ? "none" : text
    }
}
