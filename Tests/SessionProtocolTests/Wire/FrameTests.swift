import Testing

@testable import SessionProtocol

@Suite struct FrameTests {
    @Test(arguments: ExampleFrames.all.indices)
    func eachFrameIsTheBytesOfTheDocument(_ index: Int) throws {
        let (text, frame) = ExampleFrames.all[index]
        let bytes = hex(text)
        var written: [UInt8] = []
        frame.write(into: &written)
        #expect(written == bytes)
        #expect(try frames(in: [bytes]) == [frame])
    }

    @Test func framesAreFoundHoweverTheyAreCut() throws {
        let bytes = ExampleFrames.all.flatMap { hex($0.bytes) }
        let all = ExampleFrames.all.map(\.frame)
        for cut in 0...bytes.count {
            #expect(try frames(in: [[UInt8](bytes[..<cut]), [UInt8](bytes[cut...])]) == all)
        }
        #expect(try frames(in: bytes.map { [$0] }) == all)
    }

    @Test func aFrameThatIsCutOffWithinItsFieldsIsAViolation() throws {
        for (text, frame) in ExampleFrames.all {
            let bytes = hex(text)
            for size in 1..<bytes.count - 1 {
                // The size says that this is all.
                let cut = [UInt8(size)] + bytes[1..<1 + size]
                let read = try? frames(in: [cut])
                switch (frame, read?.first) {
                case (_, nil): break
                // Payloads have no end of their own.
                case (.message, .message?), (.datagram, .datagram?): break
                // What was cut off were optional fields of 0 that happen to be complete before.
                default: Issue.record("\(frame) cut to \(size): \(String(describing: read))")
                }
            }
        }
    }

    @Test(arguments: [
        ("00", Violation.frameSize),  // an empty frame
        ("80 00 40 00", .frameSize),  // a size of four bytes
        ("40 03 04 40 64", .longNumber),  // a size of two bytes where one would do
        ("03 04 4025", .longNumber),  // 37 in two bytes
        ("05 04 80000064", .longNumber),  // 100 in four
        ("09 04 c000000000000064", .longNumber),  // 100 in eight
        ("04 04 4064 00", .trailingBytes),
        ("02 04 40", .truncated),
        ("02 30 00", .unknownFrame),
        ("02 1f 00", .unknownFrame),
        ("02 50 00", .unknownFrame),
        ("07 20 00 05 00 02 6162", Violation(.malformed, "a kind of stream that is not known")),
        ("05 20 00 00 00 40", .truncated),
        ("06 24 00 00 12 01 2a", Violation(.malformed, "a gap of no numbers, or of too many")),
    ])
    func whatTheDocumentDoesNotAllowIsRefused(_ text: String, _ violation: Violation) {
        #expect(throws: violation) { try frames(in: [hex(text)]) }
    }

    @Test func namesBeyondTheirLimitAreRefused() {
        var bytes = hex("4104 20 00 00 00 4100")
        bytes += [UInt8](repeating: 0x61, count: 256)
        bytes[0] = 0x41
        bytes[1] = UInt8((bytes.count - 2) & 0xFF)
        #expect(throws: Violation.fieldTooLong) { try frames(in: [bytes]) }
    }

    @Test func extensionsArePassedOver() throws {
        #expect(
            try frames(in: [hex("03 80 01 02 02 c1 05")]) == [
                .unknown(isNumbered: false), .unknown(isNumbered: true),
            ]
        )
    }

    @Test func laterVersionsMayAddFieldsToTheGreeting() throws {
        for (text, frame) in ExampleFrames.all {
            guard [.attach, .accept, .refuse, .drain].contains(Kind(frame)) else { continue }
            var bytes = hex(text) + [0xEE, 0xEE]
            bytes[0] += 2
            #expect(try frames(in: [bytes]) == [frame])
        }
    }

    private enum Kind {
        case attach
        case accept
        case refuse
        case drain
        case other

        init(_ frame: Frame) {
            switch frame {
            case .attach: self = .attach
            case .accept: self = .accept
            case .refuse: self = .refuse
            case .drain: self = .drain
            default: self = .other
            }
        }
    }

    private func frames(in pieces: [[UInt8]]) throws(Violation) -> [Frame] {
        var buffer = FrameBuffer()
        var found: [Frame] = []
        for piece in pieces {
            try buffer.forEachFrame(of: piece.rawSpan) { bytes, range throws(Violation) in
                found.append(try Frame(bytes, range))
                return true
            }
        }
        return found
    }
}
