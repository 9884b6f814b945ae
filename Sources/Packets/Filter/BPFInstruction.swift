/// One instruction of the classic Berkeley Packet Filter (McCanne and Jacobson, 1993; the kernel's
/// `Documentation/networking/filter.rst`).
///
/// The corresponding C type is `struct sock_filter`, whose fields it has in the same order.
public struct BPFInstruction: Hashable, Sendable {
    /// What it does: class, size or operation, and mode.
    public let code: UInt16

    /// How many instructions a conditional jump skips if its condition is true.
    public let jumpTrue: UInt8

    /// How many instructions a conditional jump skips if its condition is false.
    public let jumpFalse: UInt8

    /// The number it works with.
    public let operand: UInt32

    /// An instruction by its fields.
    public init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, operand: UInt32) {
        self.code = code
        self.jumpTrue = jumpTrue
        self.jumpFalse = jumpFalse
        self.operand = operand
    }

    /// The codes that are written and run here (linux/bpf_common.h, linux/filter.h).
    enum Code {
        static let loadWord: UInt16 = 0x20  // A = the 4 bytes at k
        static let loadHalf: UInt16 = 0x28  // A = the 2 bytes at k
        static let loadByte: UInt16 = 0x30  // A = the byte at k
        static let loadHalfIndexed: UInt16 = 0x48  // A = the 2 bytes at X + k
        static let loadSize: UInt16 = 0x80  // A = the packet's size
        static let loadIPv4HeaderSize: UInt16 = 0xB1  // X = 4 * (the byte at k & 15)
        static let and: UInt16 = 0x54  // A &= k
        static let jump: UInt16 = 0x05  // skip k instructions
        static let jumpIfEqual: UInt16 = 0x15  // A == k
        static let jumpIfGreater: UInt16 = 0x25  // A > k
        static let jumpIfAtLeast: UInt16 = 0x35  // A >= k
        static let jumpIfSet: UInt16 = 0x45  // A & k != 0
        static let `return`: UInt16 = 0x06  // keep k bytes, 0 for none
    }

    /// Offsets at which the kernel shows what it knows of a packet beside its bytes.
    enum Ancillary {
        static let linkProtocol = UInt32(bitPattern: -0x1000 + 0)  // SKF_AD_PROTOCOL
        static let vlanTag = UInt32(bitPattern: -0x1000 + 44)  // SKF_AD_VLAN_TAG
        static let hasVLANTag = UInt32(bitPattern: -0x1000 + 48)  // SKF_AD_VLAN_TAG_PRESENT
    }
}

extension BPFInstruction: CustomStringConvertible {
    /// As `tcpdump -ddd` prints it: code, jumps and number in decimal.
    public var description: String { "\(code) \(jumpTrue) \(jumpFalse) \(operand)" }
}
