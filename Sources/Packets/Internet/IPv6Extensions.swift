/// The extension headers of an IPv6 packet (RFC 8200 §4), walked to the transport's header.
///
/// ```swift
/// let header = try IPv6Header(parsing: packet)
/// let chain = try IPv6Extensions(
///     parsing: packet.extracting(header.payloadRange(in: packet.byteCount)),
///     startingWith: header.nextHeader)
/// chain.payloadProtocol   // .tcp, at chain.size in the payload
/// ```
public struct IPv6Extensions: Hashable, Sendable {
    /// The most headers walked.
    ///
    /// RFC 8200 §4.1 names seven and lets destination options come twice; a longer chain is there
    /// to burn time.
    public static let countLimit = 8

    /// A fragment header (RFC 8200 §4.5).
    public struct Fragment: Hashable, Sendable {
        /// Where the fragment belongs in the whole, in units of 8 bytes.
        public let offset: UInt16

        /// Whether more fragments follow.
        public let hasMoreFragments: Bool

        /// Equal in all fragments of one packet.
        public let identification: UInt32
    }

    /// What comes after the last extension header.
    ///
    /// In a fragment that is not the first, the protocol of the whole: the bytes are its middle.
    public private(set) var payloadProtocol: IPProtocol

    /// The size in bytes of all extension headers: where the transport's begins.
    public private(set) var size = 0

    /// How many extension headers there are.
    public private(set) var count = 0

    /// The fragment header, if there is one.
    public private(set) var fragment: Fragment?

    /// Walks the extension headers at the start of `bytes`, which are what follows an IPv6 header.
    ///
    /// Ends at the first header that is no extension; at ESP, whose content is encrypted; and after
    /// the fragment header of a fragment that is not the first.
    ///
    /// - Throws: ``PacketError`` for a header that is cut, and for more than ``countLimit``.
    public init(parsing bytes: RawSpan, startingWith first: IPProtocol) throws(PacketError) {
        payloadProtocol = first
        while Self.isExtension(payloadProtocol), (fragment?.offset ?? 0) == 0 {
            guard count < Self.countLimit else {
                throw PacketError(
                    "IPv6 extension",
                    "header",
                    at: size,
                    .malformed(value: count + 1, rule: "is over the limit of headers in a chain")
                )
            }
            try walk(bytes.dropping(size))
        }
    }

    private mutating func walk(_ bytes: RawSpan) throws(PacketError) {
        let kind = payloadProtocol
        do throws(PacketError) {
            try bytes.need(8, "IPv6 extension")
            let units = Int(bytes.byte(at: 1))
            // RFC 4302 §2.2 counts words less two; RFC 8200 §4.5 has no length for fragments.
            let length = kind == .ah ? (units + 2) * 4 : kind == .fragment ? 8 : (units + 1) * 8
            try bytes.need(length, "IPv6 extension", "length")
            if kind == .fragment {
                let position = bytes.uint16(at: 2)
                fragment = Fragment(
                    offset: position >> 3,
                    hasMoreFragments: position & 1 != 0,
                    identification: bytes.uint32(at: 4)
                )
            }
            payloadProtocol = IPProtocol(rawValue: bytes.byte(at: 0))
            size += length
            count += 1
        } catch {
            throw error.shifted(by: size)
        }
    }

    private static func isExtension(_ header: IPProtocol) -> Bool {
        switch header {
        case .hopByHop, .routing, .fragment, .ah, .destinationOptions, .mobility: true
        default: false
        }
    }
}
