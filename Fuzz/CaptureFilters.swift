import Packets

// CaptureFilter, its compiler, BPFProgram and its interpreter. Steered by: layout (1 byte), the size
// of the filter's text (1); the rest is a packet, and a program of its own.

/// What a filter compiles to is a program the kernel would take, and a packet cannot pass both a filter
/// and its opposite.
func fuzz(_ input: inout FuzzInput) {
    let layout = [CaptureLayout.datagram, .ethernet, .rawIP][Int(input.byte()) % 3]
    let size = Int(input.byte())
    let bytes = input.bytes()
    let text = String(decoding: bytes.prefix(size), as: UTF8.self)
    let packet = Array(bytes.dropFirst(size))
    checkProgram(packet)
    let filter: CaptureFilter
    do {
        filter = try CaptureFilter(text)
    } catch {
        check(0...text.utf8.count ~= error.offset, "an error at byte \(error.offset)")
        check(isPlain(error.message.filter { $0 != "\n" }), "an error that steers the terminal")
        return
    }
    guard let program = try? filter.program(for: layout, keeping: 96) else { return }
    check(BPFProgram(program.instructions) != nil, "the kernel refuses what a filter becomes")
    let takes = run(program, packet)
    check(takes == 0 || takes == 96, "it keeps \(takes) bytes")
    // One parenthesis more may be one too many; an empty filter takes all, and has no opposite.
    if let opposite = try? CaptureFilter("not (\(text))"),
        let program = try? opposite.program(for: layout, keeping: 96)
    {
        check(takes == 0 || run(program, packet) == 0, "the opposite takes it too")
    }
    if let twice = try? CaptureFilter("(\(text)) or (\(text))"),
        let program = try? twice.program(for: layout, keeping: 96)
    {
        check(run(program, packet), equals: takes, "twice the same is not the same")
    }
}

private func run(_ program: BPFProgram, _ packet: [UInt8]) -> UInt32 {
    let metadata = BPFMetadata(linkProtocol: EtherType(rawValue: 0x0800), vlanTag: 7)
    return unsafe program.run(on: packet.span.bytes, metadata: metadata)
}

/// Instructions as the bytes have them: those that are sound run to an end.
private func checkProgram(_ bytes: [UInt8]) {
    var instructions: [BPFInstruction] = []
    for start in stride(from: 0, to: bytes.count - 7, by: 8) {
        let word = bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        instructions.append(
            BPFInstruction(
                code: UInt16(truncatingIfNeeded: word >> 48),
                jumpTrue: UInt8(truncatingIfNeeded: word >> 40),
                jumpFalse: UInt8(truncatingIfNeeded: word >> 32),
                operand: UInt32(truncatingIfNeeded: word)
            )
        )
    }
    if let program = BPFProgram(instructions) { _ = run(program, bytes) }
}
