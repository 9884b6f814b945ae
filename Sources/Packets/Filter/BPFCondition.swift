/// What a filter asks of a packet, in terms of its bytes.
indirect enum BPFCondition {
    /// Loads a value into the accumulator and compares it.
    case test([BPFInstruction], BPFComparison)

    /// All of them, asked in order; none: true.
    case all([BPFCondition])

    /// Any of them, asked in order; none: false.
    case any([BPFCondition])

    /// The opposite.
    case not(BPFCondition)
}

/// What the accumulator is compared with.
enum BPFComparison {
    case equal(UInt32)
    case atLeast(UInt32)
    case atMost(UInt32)
    case anyBit(UInt32)
}

extension BPFCondition {
    /// Whether the number of `size` bytes at `offset`, masked, is `value`.
    static func field(
        _ offset: UInt32,
        size: Int,
        mask: UInt32 = .max,
        is value: UInt32
    ) -> BPFCondition {
        .test(load(offset, size: size, mask: mask), .equal(value))
    }

    static func load(_ offset: UInt32, size: Int, mask: UInt32 = .max) -> [BPFInstruction] {
        let code =
            size == 4
            ? BPFInstruction.Code.loadWord
            : size == 2 ? BPFInstruction.Code.loadHalf : BPFInstruction.Code.loadByte
        let load = BPFInstruction(code: code, operand: offset)
        let all = UInt32.max >> UInt32(32 - 8 * size)
        guard mask & all != all else { return [load] }
        return [load, BPFInstruction(code: BPFInstruction.Code.and, operand: mask & all)]
    }
}
