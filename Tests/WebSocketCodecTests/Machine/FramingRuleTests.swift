import Testing
import WebSocketCodec

/// Every rule about frames, broken one at a time: the cause, the place, the close frame.
@Suite struct FramingRuleTests {
    static let broken: [(String, [UInt8], WebSocketViolation.Cause)] = [
        (
            "a second message inside the first", frame(0x01, "a") + frame(0x81, "b"),
            .messageInsideMessage
        ),
        ("another kind inside it", frame(0x02, "a") + frame(0x01, "b"), .messageInsideMessage),
        ("a continuation of nothing", frame(0x80, "a"), .nothingToContinue),
        ("a continuation after the end", frame(0x81, "a") + frame(0x00, "b"), .nothingToContinue),
        ("not masked", frame(0x81, Array("a".utf8), key: nil), .notMasked),
        ("a ping that is not masked", frame(0x89, [], key: nil), .notMasked),
        ("RSV1 without compression", frame(0xC1, "a"), .unexpectedCompression),
        ("RSV1 on a ping", frame(0xC9, "a"), .unexpectedCompression),
        ("RSV2", frame(0xA1, "a"), .reservedBits(0xA1)),
        ("RSV3 on a close", frame(0x98), .reservedBits(0x98)),
        ("an opcode for data", frame(0x83, "a"), .unknownOpcode(3)),
        ("an opcode for control", frame(0x8B, "a"), .unknownOpcode(11)),
        ("a ping in fragments", frame(0x09, "a"), .fragmentedControlFrame(.ping)),
        (
            "a ping of 126 bytes", frame(0x89, [UInt8](repeating: 1, count: 126)),
            .oversizedControlFrame(.ping)
        ),
        ("a long length that is short", bytes("82fe 0001 00000000 41"), .lengthNotMinimal(1)),
        ("a length of 64 bits", bytes("82ff ffffffffffffffff 00000000"), .lengthOutOfRange(.max)),
        ("a close of one byte", frame(0x88, [3]), .halfCloseCode),
        ("a close reason that is no text", frame(0x88, bytes("03e8 c0af")), .closeReasonNotUTF8),
        ("a close reason cut in a character", frame(0x88, bytes("03e8 e282")), .closeReasonNotUTF8),
    ]

    @Test(arguments: broken)
    func aBrokenRuleEndsTheConnection(
        name: String,
        wire: [UInt8],
        cause: WebSocketViolation.Cause
    ) throws {
        // A good message before, which must still arrive, and one behind, which must not.
        let before = frame(0x82, "before")
        let result = received(before + wire + frame(0x82, "behind"))
        #expect(result.cause == cause)
        #expect(result.seen.first == .binary(Array("before".utf8)))
        #expect(!result.seen.contains(.binary(Array("behind".utf8))))
        #expect(result.state == .closed)
        guard case .violation(let violation) = result.seen.last else {
            Issue.record("nothing after the violation is read")
            return
        }
        let code = violation.closeCode
        #expect(code == (cause == .closeReasonNotUTF8 ? .invalidPayload : .protocolError))
        let answer = Setup(isServer: false).receive([result.output])
        #expect(answer.seen == [.close(WebSocketClose(code, reason: "\(cause)"))])
        #expect(violation.description.hasSuffix("\(cause) (close \(code.rawValue))"))
        #expect(violation.frameOffset >= UInt64(before.count))
    }

    @Test func aServersMaskedFrameIsRefused() {
        let result = Setup(isServer: false).receive([frame(0x81, "a")])
        #expect(result.cause == .masked)
        #expect(received(result.output).seen.count == 1)
    }

    @Test func theOffsetIsWhereTheFrameBegins() {
        let good = frame(0x81, "one") + frame(0x01, "two") + frame(0x89, "three")
        let result = received(good + frame(0x81, "four"))
        #expect(
            result.seen.last
                == .violation(
                    WebSocketViolation(.messageInsideMessage, frameOffset: UInt64(good.count))
                )
        )
        #expect(
            "\(WebSocketViolation(.textNotUTF8, frameOffset: 17))"
                == "websocket frame at byte 17: text that is not UTF-8 (close 1007)"
        )
    }

    @Test func everyReasonFitsItsCloseFrame() {
        let longest: [WebSocketViolation.Cause] = [
            .lengthNotMinimal(.max), .lengthOutOfRange(.max), .oversizedControlFrame(.close),
            .frameTooBig(size: .max, limit: .max), .messageTooBig(limit: .max),
            .tooManyFragments(limit: .max), .invalidCloseCode(.max), .reservedBits(.max),
        ]
        for cause in longest {
            #expect("\(cause)".utf8.count <= WebSocketMachine.closeReasonSizeLimit)
        }
    }
}
