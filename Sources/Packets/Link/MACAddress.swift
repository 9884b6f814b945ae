/// The address of an Ethernet interface (IEEE 802, EUI-48).
public struct MACAddress: Hashable, Sendable {
    /// The size in bytes.
    public static let size = 6

    /// The 48 bits as they are written, the rest zero.
    public let bits: UInt64

    /// An address from its low 48 bits.
    public init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }

    /// All hosts on the link.
    public static let broadcast = MACAddress(bits: .max)

    /// Whether this names a group, broadcast included.
    public var isMulticast: Bool { bits >> 40 & 1 != 0 }
}

extension MACAddress: CustomStringConvertible {
    /// `02:00:5e:10:00:01`.
    public var description: String {
        var text = ""
        for shift in stride(from: 40, through: 0, by: -8) {
            let byte = UInt8(truncatingIfNeeded: bits >> UInt64(shift))
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16) + (shift > 0 ? ":" : "")
        }
        return text
    }
}

extension RawSpan {
    func macAddress(at offset: Int) -> MACAddress {
        MACAddress(bits: UInt64(uint16(at: offset)) << 32 | UInt64(uint32(at: offset + 2)))
    }
}

extension MutableRawSpan {
    @_lifetime(self: copy self)
    mutating func store(_ address: MACAddress, at offset: Int) {
        store(UInt16(truncatingIfNeeded: address.bits >> 32), at: offset)
        store(UInt32(truncatingIfNeeded: address.bits), at: offset + 2)
    }
}
