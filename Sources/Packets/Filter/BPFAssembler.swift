/// Turns conditions into instructions, from the last to the first.
///
/// Classic BPF jumps only forward. Written backwards, every target is known when the jump to it is
/// written, and no label has to be patched.
struct BPFAssembler {
    /// The program from its end: a place in it is the place of a target.
    private var reversed: [BPFInstruction]

    private static let refuse = 0
    private static let accept = 1

    /// The furthest that a conditional jump reaches: its distances are bytes.
    private static let reach = 255

    /// The program that keeps `size` bytes of the packets of which the condition is true.
    ///
    /// Nil if it has more than `limit` instructions.
    static func program(_ condition: BPFCondition, keeping size: UInt32, limit: Int) -> BPFProgram?
    {
        var assembler = BPFAssembler(reversed: [
            BPFInstruction(code: BPFInstruction.Code.return, operand: 0),
            BPFInstruction(code: BPFInstruction.Code.return, operand: size),
        ])
        let entry = assembler.place(condition, accept, refuse, limit: limit)
        // A condition that asks nothing has no instruction of its own.
        if entry != assembler.reversed.count - 1 {
            assembler.reversed.append(assembler.jump(to: entry))
        }
        guard assembler.reversed.count <= limit else { return nil }
        return BPFProgram(checked: assembler.reversed.reversed())
    }

    /// Writes a condition that goes on at `yes` or `no`.
    ///
    /// - Returns: the place where it begins.
    private mutating func place(
        _ condition: BPFCondition,
        _ yes: Int,
        _ no: Int,
        limit: Int
    ) -> Int {
        // Too long already: more would only take time.
        guard reversed.count <= limit else { return yes }
        switch condition {
        case .not(let condition): return place(condition, no, yes, limit: limit)
        case .all(let parts):
            return parts.reversed().reduce(yes) { place($1, $0, no, limit: limit) }
        case .any(let parts):
            return parts.reversed().reduce(no) { place($1, yes, $0, limit: limit) }
        case .test(let loads, let comparison):
            switch comparison {
            case .equal(let k): branch(BPFInstruction.Code.jumpIfEqual, k, yes, no)
            case .atLeast(let k): branch(BPFInstruction.Code.jumpIfAtLeast, k, yes, no)
            case .atMost(let k): branch(BPFInstruction.Code.jumpIfGreater, k, no, yes)
            case .anyBit(let k): branch(BPFInstruction.Code.jumpIfSet, k, yes, no)
            }
            reversed += loads.reversed()
            return reversed.count - 1
        }
    }

    private mutating func branch(_ code: UInt16, _ operand: UInt32, _ yes: Int, _ no: Int) {
        let (yes, no) = (near(yes), near(no))
        reversed.append(
            BPFInstruction(
                code: code,
                jumpTrue: UInt8(reversed.count - yes - 1),
                jumpFalse: UInt8(reversed.count - no - 1),
                operand: operand
            )
        )
    }

    /// A place from which `target` is reached: itself, or a jump to it with a wider number.
    private mutating func near(_ target: Int) -> Int {
        // One less: the other target may need a jump of its own in between.
        guard reversed.count - target - 1 > Self.reach - 1 else { return target }
        reversed.append(jump(to: target))
        return reversed.count - 1
    }

    private func jump(to target: Int) -> BPFInstruction {
        BPFInstruction(
            code: BPFInstruction.Code.jump,
            operand: UInt32(reversed.count - target - 1)
        )
    }
}
