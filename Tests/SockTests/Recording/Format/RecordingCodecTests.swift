import Testing

@testable import sock

/// Lines as literals, both ways.
@Suite struct RecordingCodecTests {
    private func line(_ kind: RecordingEvent.Kind) -> String {
        var line: [UInt8] = []
        RecordingEncoder.append(.init(nanoseconds: 5, connection: 2, kind: kind), to: &line)
        return String(decoding: line, as: UTF8.self)
    }

    private func event(_ text: String) throws -> RecordingEvent {
        try RecordingDecoder.event(Array(text.utf8)[...])
    }

    private func what(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as RecordingDecoder.Mistake {
            return error.what
        } catch {
            return "\(error)"
        }
    }

    @Test func theFirstLineIsALiteral() throws {
        let header = RecordingHeader(
            side: .listen,
            endpoint: "tcp://127.0.0.1:7001",
            beganNanoseconds: 1_750_000_000_000_000_000
        )
        let line =
            #"{"format":"sock-recording","version":1,"side":"listen","#
            + #""endpoint":"tcp://127.0.0.1:7001","began_unix_ns":1750000000000000000}"#
        #expect(RecordingEncoder.line(header) == Array((line + "\n").utf8))
        #expect(try RecordingDecoder.header(Array(line.utf8)[...]) == header)
    }

    @Test(
        arguments: [
            (.opened(local: nil, peer: "unix:/x"), #""event":"opened","peer":"unix:/x""#),
            (.opened(local: "a", peer: nil), #""event":"opened","local":"a""#),
            (
                .bytes(.received, Array("a\"\\\n\r\té".utf8)),
                #""event":"received","text":"a\"\\\n\r\té""#
            ),
            (.bytes(.sent, []), #""event":"sent","text":"""#),
            (.bytes(.sent, [0, 1, 255]), #""event":"sent","base64":"AAH/""#),
            (.bytes(.sent, [0x1B]), #""event":"sent","base64":"Gw==""#),
            (.bytes(.sent, [0xC2, 0x9B]), #""event":"sent","base64":"wps=""#),
            (.bytes(.sent, [0xC3]), #""event":"sent","base64":"ww==""#),
            (.end(.received), #""event":"received_end""#), (.end(.sent), #""event":"sent_end""#),
            (.reset(.received), #""event":"received_reset""#),
            (.reset(.sent), #""event":"sent_reset""#),
            (.closed(receivedSize: nil, sentSize: nil, reason: nil), #""event":"closed""#),
            (
                .closed(receivedSize: 1, sentSize: 2, reason: "x"),
                #""event":"closed","received_size":1,"sent_size":2,"reason":"x""#
            ),
        ] as [(RecordingEvent.Kind, String)]
    )
    func everyEventIsALiteral(_ kind: RecordingEvent.Kind, _ members: String) throws {
        let text = #"{"ns":5,"connection":2,"# + members + "}"
        #expect(line(kind) == text + "\n")
        #expect(try event(text) == .init(nanoseconds: 5, connection: 2, kind: kind))
    }

    @Test func everyByteComesBack() throws {
        for byte in UInt8.min...UInt8.max {
            for bytes in [[byte], [0x61, byte, 0x62], [0xC2, byte], [byte, byte, byte, byte]] {
                let text = String(line(.bytes(.sent, bytes)).dropLast())
                #expect(try event(text).kind == .bytes(.sent, bytes))
                // Nothing in a line commands a terminal.
                #expect(
                    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
                )
            }
        }
    }

    @Test func aLineWrittenByHandMayEscapeAndOrderAsItLikes() throws {
        let event = try event(
            #"{ "text" : "\u0000\u001b", "new":true, "event":"received", "connection":1, "ns":0 }"#
        )
        #expect(event == .init(nanoseconds: 0, connection: 1, kind: .bytes(.received, [0, 0x1B])))
    }

    @Test(arguments: [
        (#"{"connection":1,"event":"sent_end"}"#, "the member ns is missing"),
        (#"{"ns":-1,"connection":1,"event":"sent_end"}"#, "the member ns is negative"),
        (#"{"ns":"1","connection":1,"event":"x"}"#, "the member ns must be a whole number"),
        (#"{"ns":1.5,"connection":1,"event":"x"}"#, "the member ns must be a whole number"),
        (#"{"ns":1,"connection":0,"event":"sent_end"}"#, "connections are counted from 1"),
        (#"{"ns":1,"connection":1,"event":"\u001b[2J"}"#, #"there is no event "\u{1B}[2J""#),
        (#"{"ns":1,"connection":1,"event":1}"#, "the member event must be a string"),
        (
            #"{"ns":1,"connection":1,"event":"sent"}"#,
            "the bytes are missing: a member text or base64"
        ),
        (
            #"{"ns":1,"connection":1,"event":"sent","text":"","base64":""}"#,
            "text and base64 are two payloads for one event"
        ),
        (
            #"{"ns":1,"connection":1,"event":"sent","base64":"A"}"#,
            "the member base64 is no Base64"
        ),
        (
            #"{"ns":1,"connection":1,"event":"closed","sent_size":-1}"#,
            "the member sent_size is negative"
        ),
        (#"{"ns":1"#, "column 8: a comma or } is missing here"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ words: String) {
        #expect(what { _ = try event(text) } == words)
    }

    @Test(arguments: [
        ("hello", "this is no recording: column 1: an object begins with {"),
        (#"{"format":"pcap"}"#, "this is no recording: the format is not sock-recording"),
        (
            #"{"format":"sock-recording","version":2,"side":"listen"}"#,
            "a recording of version 2, and this program reads version 1"
        ),
        (
            #"{"format":"sock-recording","version":1,"side":"both"}"#,
            #"the side is connect or listen, not "both""#
        ),
    ])
    func aFirstLineThatIsNoneIsSaid(_ text: String, _ words: String) {
        #expect(what { _ = try RecordingDecoder.header(Array(text.utf8)[...]) } == words)
    }

    @Test func aPayloadHasALimit() throws {
        let most = [UInt8](repeating: 0x22, count: RecordingEvent.payloadSizeLimit)
        let longest = line(.bytes(.received, most))
        #expect(longest.utf8.count < RecordingLines.lineSizeLimit)
        #expect(try event(String(longest.dropLast())).kind == .bytes(.received, most))
        let over = line(.bytes(.received, most + [0x22])).dropLast()
        #expect(
            what { _ = try event(String(over)) } == "65537 bytes in one event: the limit is 65536"
        )
    }
}
