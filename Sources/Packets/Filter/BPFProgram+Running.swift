/// What the kernel knows of a packet beside its bytes.
public struct BPFMetadata: Hashable, Sendable {
    /// What the link said the packet is.
    public var linkProtocol: EtherType

    /// The VLAN tag that the kernel took off, if there was one.
    public var vlanTag: UInt16?

    /// Metadata of a packet.
    public init(linkProtocol: EtherType = EtherType(rawValue: 0), vlanTag: UInt16? = nil) {
        self.linkProtocol = linkProtocol
        self.vlanTag = vlanTag
    }
}

extension BPFProgram {
    /// Runs the program as the kernel would: for filtering files, and for tests.
    ///
    /// A program ends: it only jumps forward. A load outside of the packet refuses it.
    ///
    /// - Returns: how many bytes of the packet to keep; 0 refuses it.
    public func run(on packet: RawSpan, metadata: BPFMetadata = BPFMetadata()) -> UInt32 {
        var machine = Machine()
        var next = 0
        while next < instructions.count {
            let instruction = instructions[next]
            next += 1
            let k = instruction.operand
            switch instruction.code {
            case BPFInstruction.Code.return: return k
            case BPFInstruction.Code.jump: next += Int(k)
            case BPFInstruction.Code.jumpIfEqual: next += instruction.skip(machine.a == k)
            case BPFInstruction.Code.jumpIfGreater: next += instruction.skip(machine.a > k)
            case BPFInstruction.Code.jumpIfAtLeast: next += instruction.skip(machine.a >= k)
            case BPFInstruction.Code.jumpIfSet: next += instruction.skip(machine.a & k != 0)
            case BPFInstruction.Code.and: machine.a &= k
            default:
                guard machine.load(instruction, packet, metadata) else { return 0 }
            }
        }
        return 0
    }

    /// The two registers.
    private struct Machine {
        var a: UInt32 = 0
        var x: UInt32 = 0

        /// - Returns: false for a load outside of the packet.
        mutating func load(
            _ instruction: BPFInstruction,
            _ packet: RawSpan,
            _ metadata: BPFMetadata
        ) -> Bool {
            let k = instruction.operand
            switch instruction.code {
            case BPFInstruction.Code.loadSize:
                a = UInt32(clamping: packet.byteCount)
            case BPFInstruction.Code.loadIPv4HeaderSize:
                guard packet.byteCount > Int(k) else { return false }
                x = UInt32(packet.byte(at: Int(k)) & 0xF) * 4
            case BPFInstruction.Code.loadHalfIndexed:
                let offset = Int(k) + Int(x)
                guard packet.byteCount >= offset + 2 else { return false }
                a = UInt32(packet.uint16(at: offset))
            case _ where k >= BPFInstruction.Ancillary.linkProtocol:
                return loadAncillary(k, metadata)
            case BPFInstruction.Code.loadWord:
                guard packet.byteCount >= Int(k) + 4 else { return false }
                a = packet.uint32(at: Int(k))
            case BPFInstruction.Code.loadHalf:
                guard packet.byteCount >= Int(k) + 2 else { return false }
                a = UInt32(packet.uint16(at: Int(k)))
            default:
                guard packet.byteCount > Int(k) else { return false }
                a = UInt32(packet.byte(at: Int(k)))
            }
            return true
        }

        private mutating func loadAncillary(_ offset: UInt32, _ metadata: BPFMetadata) -> Bool {
            switch offset {
            case BPFInstruction.Ancillary.linkProtocol: a = UInt32(metadata.linkProtocol.rawValue)
            case BPFInstruction.Ancillary.vlanTag: a = UInt32(metadata.vlanTag ?? 0)
            case BPFInstruction.Ancillary.hasVLANTag: a = metadata.vlanTag == nil ? 0 : 1
            default: return false
            }
            return true
        }
    }
}

extension BPFInstruction {
    fileprivate func skip(_ condition: Bool) -> Int { Int(condition ? jumpTrue : jumpFalse) }
}
