import Testing
import WebSocketCodec

@Suite struct WebSocketFrameHeaderTests {
    private func parse(_ hex: String) throws(WebSocketViolation.Cause) -> WebSocketFrameHeader? {
        try bytes(hex).read { span throws(WebSocketViolation.Cause) in
            try WebSocketFrameHeader(parsing: span)
        }
    }

    /// RFC 6455 §5.7 and the edges of each length.
    static let headers: [(String, WebSocketFrameHeader)] = [
        ("8105", .init(.text, payloadSize: 5)),
        ("8185 37fa213d", .init(.text, payloadSize: 5, maskingKey: .init(0x37FA_213D))),
        ("0103", .init(.text, payloadSize: 3, isFinal: false)),
        ("8002", .init(.continuation, payloadSize: 2)),
        ("8905", .init(.ping, payloadSize: 5)),
        ("8a85 37fa213d", .init(.pong, payloadSize: 5, maskingKey: .init(0x37FA_213D))),
        ("827e 0100", .init(.binary, payloadSize: 256)),
        ("827f 0000000000010000", .init(.binary, payloadSize: 65_536)),
        ("8800", .init(.close, payloadSize: 0)),
        ("897d", .init(.ping, payloadSize: 125)),
        ("827d", .init(.binary, payloadSize: 125)),
        ("827e 007e", .init(.binary, payloadSize: 126)),
        ("827e ffff", .init(.binary, payloadSize: 65_535)),
        ("82fe 007e 01020304", .init(.binary, payloadSize: 126, maskingKey: .init(0x0102_0304))),
        ("827f 7fffffffffffffff", .init(.binary, payloadSize: .max)),
        ("c107", .init(.text, payloadSize: 7, isCompressed: true)),
        (
            "42ff 0000000000010000 fffefdfc",
            .init(
                .binary,
                payloadSize: 65_536,
                isFinal: false,
                isCompressed: true,
                maskingKey: .init(0xFFFE_FDFC)
            )
        ),
    ]

    @Test(arguments: headers)
    func readsAndWrites(hex: String, header: WebSocketFrameHeader) throws {
        #expect(try parse(hex) == header)
        #expect(try parse(hex + "deadbeef") == header)
        var written: [UInt8] = []
        header.write(to: &written)
        #expect(written == bytes(hex))
        #expect(header.size == written.count)
        #expect(header.size <= WebSocketFrameHeader.sizeLimit)
    }

    @Test(arguments: headers)
    func asksForMoreAtEveryCut(hex: String, header: WebSocketFrameHeader) throws {
        let whole = bytes(hex)
        for end in whole.indices {
            let cut = try Array(whole[..<end]).read { span throws(WebSocketViolation.Cause) in
                try WebSocketFrameHeader(parsing: span)
            }
            #expect(cut == nil, "a header from \(end) of \(whole.count) bytes")
        }
    }

    static let wrong: [(String, WebSocketViolation.Cause)] = [
        ("a1", .reservedBits(0xA1)),
        ("91", .reservedBits(0x91)),
        ("f1", .reservedBits(0xF1)),
        ("83", .unknownOpcode(3)), ("84", .unknownOpcode(4)), ("85", .unknownOpcode(5)),
        ("86", .unknownOpcode(6)), ("87", .unknownOpcode(7)), ("8b", .unknownOpcode(11)),
        ("8c", .unknownOpcode(12)), ("8d", .unknownOpcode(13)), ("8e", .unknownOpcode(14)),
        ("8f", .unknownOpcode(15)),
        ("08", .fragmentedControlFrame(.close)),
        ("09", .fragmentedControlFrame(.ping)),
        ("0a", .fragmentedControlFrame(.pong)),
        ("897e", .oversizedControlFrame(.ping)),
        ("8aff", .oversizedControlFrame(.pong)),
        ("88fe", .oversizedControlFrame(.close)),
        ("827e 007d", .lengthNotMinimal(125)),
        ("827e 0000", .lengthNotMinimal(0)),
        ("827f 000000000000ffff", .lengthNotMinimal(65_535)),
        ("827f 8000000000000000", .lengthOutOfRange(1 << 63)),
        ("82ff ffffffffffffffff", .lengthOutOfRange(.max)),
    ]

    @Test(arguments: wrong)
    func refusesAtTheFirstWrongByte(hex: String, cause: WebSocketViolation.Cause) {
        #expect(throws: cause) { try parse(hex) }
        #expect(cause.isProtocolError)
        #expect(throws: cause) { try parse(hex + "000000000000") }
        // What is wrong in a field of one byte is refused before the next byte.
        guard hex.count <= 4 else { return }
        #expect(throws: Never.self) { _ = try parse(String(hex.dropLast(2))) }
    }
}

extension WebSocketViolation.Cause {
    fileprivate var isProtocolError: Bool {
        switch self {
        case .reservedBits, .unknownOpcode, .fragmentedControlFrame, .oversizedControlFrame,
            .lengthNotMinimal, .lengthOutOfRange:
            true
        default: false
        }
    }
}
