public import Addresses

/// The header of an ICMP message over IPv6 (RFC 4443), with the addresses of neighbor discovery
/// (RFC 4861).
///
/// What follows its ``size`` bytes is an echo's data; where ``quotesPacket``, the beginning of the
/// packet that caused it (see ``QuotedPacket``); for neighbor discovery, options.
public enum ICMPv6Message: Hashable, Sendable {
    /// Type 1: a packet did not arrive.
    case destinationUnreachable(code: UInt8)

    /// Type 2: a packet was over the `mtu` bytes that a link carries.
    case packetTooBig(mtu: UInt32)

    /// Type 3: a packet passed too many routers (code 0), or its fragments came too slowly (1).
    case timeExceeded(code: UInt8)

    /// Type 4: a header is wrong at the byte `pointer`.
    case parameterProblem(code: UInt8, pointer: UInt32)

    /// Type 128: send this back.
    case echoRequest(ICMPEcho)

    /// Type 129: this was asked for.
    case echoReply(ICMPEcho)

    /// Type 135: who has `target`?
    case neighborSolicitation(target: IPv6Address)

    /// Type 136: here is `target`; the flags are the top bits of the header's last 4 bytes.
    case neighborAdvertisement(target: IPv6Address, flags: UInt32)

    /// Type 137: the better way to `destination` is through `target`.
    case redirect(target: IPv6Address, destination: IPv6Address)

    /// Any other, with the last 4 bytes of its header as a number.
    case other(type: UInt8, code: UInt8, rest: UInt32)

    /// The size in bytes of the header, with the addresses of neighbor discovery.
    public var size: Int {
        switch self {
        case .neighborSolicitation, .neighborAdvertisement: 24
        case .redirect: 40
        default: ICMPEcho.headerSize
        }
    }

    /// Whether the body is the beginning of a packet.
    ///
    /// In a redirect it is inside an option, and not meant here.
    public var quotesPacket: Bool {
        switch self {
        case .destinationUnreachable, .packetTooBig, .timeExceeded, .parameterProblem: true
        default: false
        }
    }

    /// Reads the header at the start of `bytes`; the checksum is not verified.
    ///
    /// - Throws: ``PacketError`` if it is cut.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(ICMPEcho.headerSize, "ICMPv6")
        let (type, code, rest) = (bytes.byte(at: 0), bytes.byte(at: 1), bytes.uint32(at: 4))
        switch type {
        case 1: self = .destinationUnreachable(code: code)
        case 2: self = .packetTooBig(mtu: rest)
        case 3: self = .timeExceeded(code: code)
        case 4: self = .parameterProblem(code: code, pointer: rest)
        case 128: self = .echoRequest(ICMPEcho(rest: rest))
        case 129: self = .echoReply(ICMPEcho(rest: rest))
        case 135, 136:
            try bytes.need(24, "ICMPv6", "target")
            let target = bytes.ipv6Address(at: 8)
            self =
                type == 135
                ? .neighborSolicitation(target: target)
                : .neighborAdvertisement(target: target, flags: rest)
        case 137:
            try bytes.need(40, "ICMPv6", "redirect's addresses")
            self = .redirect(
                target: bytes.ipv6Address(at: 8),
                destination: bytes.ipv6Address(at: 24)
            )
        default: self = .other(type: type, code: code, rest: rest)
        }
    }

    /// Whether the checksum of a whole message, header and body, is right.
    public static func isChecksumValid(in message: RawSpan, pseudoHeader: PseudoHeader) -> Bool {
        message.byteCount >= ICMPEcho.headerSize
            && pseudoHeader.checksum(of: message, as: .icmpv6) == 0
    }

    /// Writes the header to the start of `message`, with the checksum of all its bytes.
    ///
    /// The body must be in its place already, from ``size`` to the end. A raw socket for ICMPv6
    /// lets the kernel compute the checksum over this one (RFC 3542 §3.1).
    ///
    /// - Returns: the size in bytes of the header.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(
        into message: inout MutableRawSpan,
        pseudoHeader: PseudoHeader
    ) throws(PacketError) -> Int {
        try message.needRoom(size, "ICMPv6")
        let (type, code, rest) = fields
        message.store(type, at: 0)
        message.store(code, at: 1)
        message.store(UInt16(0), at: 2)
        message.store(rest, at: 4)
        switch self {
        case .neighborSolicitation(let target), .neighborAdvertisement(let target, _):
            message.store(target, at: 8)
        case .redirect(let target, let destination):
            message.store(target, at: 8)
            message.store(destination, at: 24)
        default: break
        }
        message.store(pseudoHeader.checksum(of: message.bytes, as: .icmpv6), at: 2)
        return size
    }

    /// The type, the code and the next 4 bytes of the header.
    private var fields: (type: UInt8, code: UInt8, rest: UInt32) {
        switch self {
        case .destinationUnreachable(let code): (1, code, 0)
        case .packetTooBig(let mtu): (2, 0, mtu)
        case .timeExceeded(let code): (3, code, 0)
        case .parameterProblem(let code, let pointer): (4, code, pointer)
        case .echoRequest(let echo): (128, 0, echo.rest)
        case .echoReply(let echo): (129, 0, echo.rest)
        case .neighborSolicitation: (135, 0, 0)
        case .neighborAdvertisement(_, let flags): (136, 0, flags)
        case .redirect: (137, 0, 0)
        case .other(let type, let code, let rest): (type, code, rest)
        }
    }
}
