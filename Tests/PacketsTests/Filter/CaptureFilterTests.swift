import SocketsTesting
import Testing

@testable import Packets

@Suite struct CaptureFilterTests {
    private func isAccepted(_ frame: [UInt8], by program: BPFProgram) -> Bool {
        frame.read { program.run(on: $0) } != 0
    }

    @Test func programsDecideAsTheWordsDo() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed)
        var packets = RandomPackets(random: seed)
        let frames = (0..<150).map { _ in packets.next() }
        var verdicts = (accepted: 0, refused: 0)
        for _ in 0..<200 {
            let text = filters.next()
            let filter = try CaptureFilter(text)
            let program = try filter.program(for: .ethernet)
            #expect(BPFProgram(program.instructions) == program, "\(text) is not sound")
            let expression = try #require(filter.expression)
            for frame in frames {
                let expected = expression.accepts(frame)
                if isAccepted(frame, by: program) != expected {
                    Issue.record("\(text)\nshould be \(expected) for \(frame)")
                }
                if expected { verdicts.accepted += 1 } else { verdicts.refused += 1 }
            }
        }
        // Or the comparison would mean little.
        #expect(verdicts.accepted > 3000 && verdicts.refused > 3000)
    }

    @Test func allLayoutsDecideAlike() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed, hasSizes: false)
        var packets = RandomPackets(random: seed)
        let frames = (0..<100).map { _ in packets.next() }
        for _ in 0..<200 {
            let text = filters.next()
            let filter = try CaptureFilter(text)
            let ethernet = try filter.program(for: .ethernet)
            let datagram = try filter.program(for: .datagram)
            let raw = try filter.program(for: .rawIP)
            for frame in frames {
                let expected = isAccepted(frame, by: ethernet)
                let inner = Array(frame[14...])
                let type = EtherType(rawValue: UInt16(frame[12]) << 8 | UInt16(frame[13]))
                let metadata = BPFMetadata(linkProtocol: type)
                #expect(
                    (inner.read { datagram.run(on: $0, metadata: metadata) } != 0) == expected,
                    "\(text)"
                )
                if type == .ipv4 || type == .ipv6 {
                    #expect((inner.read { raw.run(on: $0) } != 0) == expected, "\(text)")
                }
            }
        }
    }

    @Test func cutPacketsAreNoDanger() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed)
        for _ in 0..<100 {
            let program = try CaptureFilter(filters.next()).program(for: .ethernet)
            for frame in SamplePackets.all {
                for count in stride(from: 0, through: frame.count, by: 3) {
                    _ = isAccepted(Array(frame[..<count]), by: program)
                }
            }
        }
    }

    @Test func theVLANIsWhatTheKernelTookOff() throws {
        let any = try CaptureFilter("vlan").program(for: .datagram)
        let one = try CaptureFilter("vlan 100 and ip").program(for: .datagram)
        let packet = Array(SamplePackets.syn[14...])
        let tagged = BPFMetadata(linkProtocol: .ipv4, vlanTag: 0x2064)
        #expect(packet.read { any.run(on: $0, metadata: tagged) } != 0)
        #expect(packet.read { one.run(on: $0, metadata: tagged) } != 0)
        #expect(packet.read { any.run(on: $0, metadata: BPFMetadata(linkProtocol: .ipv4)) } == 0)
        let other = BPFMetadata(linkProtocol: .ipv4, vlanTag: 0x2065)
        #expect(packet.read { one.run(on: $0, metadata: other) } == 0)
    }

    @Test func anEmptyFilterTakesEverything() throws {
        for text in ["", "  \n"] {
            let program = try CaptureFilter(text).program(for: .datagram, keeping: 96)
            #expect([UInt8]().read { program.run(on: $0) } == 96)
        }
    }

    @Test func longFiltersJumpFarther() throws {
        // More than 255 instructions between the first question and the end.
        let text = (1...400).map { "\($0)" }.joined(separator: " or ")
        let program = try CaptureFilter("tcp port " + text).program(
            for: .ethernet,
            instructionLimit: 20_000
        )
        #expect(program.instructions.count > 4096)
        let filter = try CaptureFilter(
            "udp port 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 or 9 or 10 or 11 or 12 or 13 or 14 or 15 or 16 or 9999"
        )
        let short = try filter.program(for: .ethernet)
        #expect(short.instructions.count > 255)
        #expect(isAccepted(SamplePackets.datagram, by: short))
        #expect(isAccepted(SamplePackets.datagram6, by: short))
        #expect(!isAccepted(SamplePackets.syn, by: short))
        #expect(!isAccepted(SamplePackets.syn, by: program))
    }

    @Test func tooManyInstructionsAreRefused() throws {
        let filter = try CaptureFilter("tcp port 80")
        let error = #expect(throws: CaptureFilterError.self) {
            try filter.program(for: .ethernet, instructionLimit: 10)
        }
        #expect(error?.reason == "it takes over 10 instructions")
    }

    @Test func unsoundProgramsAreRefused() {
        let done = BPFInstruction(code: 6, operand: 1)
        #expect(BPFProgram([done]) != nil)
        #expect(BPFProgram([]) == nil)
        #expect(BPFProgram([done, BPFInstruction(code: 0x20, operand: 0)]) == nil)
        #expect(BPFProgram([BPFInstruction(code: 0x05, operand: 1), done]) == nil)
        #expect(BPFProgram([BPFInstruction(code: 0x05, operand: .max), done]) == nil)
        let far = BPFInstruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, operand: 0)
        #expect(BPFProgram([far, done]) == nil)
        #expect(BPFProgram([BPFInstruction(code: 0xFFFF, operand: 0), done]) == nil)
        #expect(BPFProgram([BPFInstruction](repeating: done, count: 4097)) == nil)
    }
}
