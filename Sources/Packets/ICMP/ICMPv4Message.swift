public import Addresses

/// The header of an ICMP message over IPv4 (RFC 792).
///
/// What follows its ``size`` bytes is an echo's data or, where ``quotesPacket``, the beginning of
/// the packet that caused it: see ``QuotedPacket``.
public enum ICMPv4Message: Hashable, Sendable {
    /// Type 8: send this back.
    case echoRequest(ICMPEcho)

    /// Type 0: this was asked for.
    case echoReply(ICMPEcho)

    /// Type 3: a packet did not arrive.
    ///
    /// With code 4, fragmentation needed, `nextHopMTU` in bytes is what would have fitted
    /// (RFC 1191 §4); 0 from routers that do not say.
    case destinationUnreachable(code: UInt8, nextHopMTU: UInt16)

    /// Type 5: a better way is through `gateway`.
    case redirect(code: UInt8, gateway: IPv4Address)

    /// Type 11: a packet passed too many routers (code 0), or its fragments came too slowly (1).
    case timeExceeded(code: UInt8)

    /// Type 12: a header is wrong, with code 0 at the byte `pointer`.
    case parameterProblem(code: UInt8, pointer: UInt8)

    /// Any other, with the last 4 bytes of its header as a number.
    case other(type: UInt8, code: UInt8, rest: UInt32)

    /// The size in bytes of the header.
    public static let size = ICMPEcho.headerSize

    /// The code of ``destinationUnreachable(code:nextHopMTU:)`` for a packet too large that must
    /// not be fragmented.
    public static let fragmentationNeeded: UInt8 = 4

    /// Whether the body is the beginning of a packet.
    public var quotesPacket: Bool {
        switch self {
        case .destinationUnreachable, .redirect, .timeExceeded, .parameterProblem: true
        case .other(let type, _, _): type == 4  // source quench, which nobody sends any more
        case .echoRequest, .echoReply: false
        }
    }

    /// Reads the header at the start of `bytes`; the checksum is not verified.
    ///
    /// - Throws: ``PacketError`` if it is cut.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.size, "ICMP")
        let (type, code, rest) = (bytes.byte(at: 0), bytes.byte(at: 1), bytes.uint32(at: 4))
        self =
            switch type {
            case 0: .echoReply(ICMPEcho(rest: rest))
            case 3:
                .destinationUnreachable(code: code, nextHopMTU: UInt16(truncatingIfNeeded: rest))
            case 5: .redirect(code: code, gateway: IPv4Address(bits: rest))
            case 8: .echoRequest(ICMPEcho(rest: rest))
            case 11: .timeExceeded(code: code)
            case 12: .parameterProblem(code: code, pointer: UInt8(truncatingIfNeeded: rest >> 24))
            default: .other(type: type, code: code, rest: rest)
            }
    }

    /// Whether the checksum of a whole message, header and body, is right.
    public static func isChecksumValid(in message: RawSpan) -> Bool {
        message.byteCount >= size && InternetChecksum.of(message) == 0
    }

    /// Writes the header to the start of `message`, with the checksum of all its bytes.
    ///
    /// The body must be in its place already, from ``size`` to the end.
    ///
    /// - Returns: the size in bytes of the header.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into message: inout MutableRawSpan) throws(PacketError) -> Int {
        try message.needRoom(Self.size, "ICMP")
        let (type, code, rest) = fields
        message.store(type, at: 0)
        message.store(code, at: 1)
        message.store(UInt16(0), at: 2)
        message.store(rest, at: 4)
        message.store(InternetChecksum.of(message.bytes), at: 2)
        return Self.size
    }

    /// The type, the code and the last 4 bytes of the header.
    private var fields: (type: UInt8, code: UInt8, rest: UInt32) {
        switch self {
        case .echoRequest(let echo): (8, 0, echo.rest)
        case .echoReply(let echo): (0, 0, echo.rest)
        case .destinationUnreachable(let code, let mtu): (3, code, UInt32(mtu))
        case .redirect(let code, let gateway): (5, code, gateway.bits)
        case .timeExceeded(let code): (11, code, 0)
        case .parameterProblem(let code, let pointer): (12, code, UInt32(pointer) << 24)
        case .other(let type, let code, let rest): (type, code, rest)
        }
    }
}
