/// A program of the classic Berkeley Packet Filter, which decides what a packet socket receives.
///
/// The corresponding C type is `struct sock_fprog`, given to `setsockopt` with `SO_ATTACH_FILTER`
/// (socket(7)).
public struct BPFProgram: Hashable, Sendable {
    /// The most instructions the kernel takes: BPF_MAXINSNS.
    public static let instructionLimit = 4096

    /// The instructions: never none, the last one a return, no jump leaves them.
    public let instructions: [BPFInstruction]

    init(checked instructions: [BPFInstruction]) { self.instructions = instructions }

    /// A program from its instructions, such as those that `tcpdump -ddd` prints.
    ///
    /// Nil if there are none or too many, if one is of a kind that filters compiled here have not,
    /// if a jump leaves the program, or if the end can be reached without a return.
    public init?(_ instructions: [BPFInstruction]) {
        guard !instructions.isEmpty, instructions.count <= Self.instructionLimit,
            instructions.last?.code == BPFInstruction.Code.return
        else { return nil }
        for (index, instruction) in instructions.enumerated() {
            let left = instructions.count - index - 1
            guard instruction.isSound(before: left) else { return nil }
        }
        self.instructions = instructions
    }
}

extension BPFInstruction {
    /// Whether it is known, and jumps no further than the `left` instructions after it.
    fileprivate func isSound(before left: Int) -> Bool {
        switch code {
        case Code.loadWord, Code.loadHalf, Code.loadByte, Code.loadHalfIndexed, Code.loadSize,
            Code.loadIPv4HeaderSize, Code.and, Code.return:
            true
        case Code.jump: Int(operand) < left
        case Code.jumpIfEqual, Code.jumpIfGreater, Code.jumpIfAtLeast, Code.jumpIfSet:
            Int(jumpTrue) < left && Int(jumpFalse) < left
        default: false
        }
    }
}
