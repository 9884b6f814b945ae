import Testing
import WebSocketCodec

/// The example of ``WebSocketMachine``, as it stands there.
@Suite struct EchoExampleTests {
    private func echo(
        _ machine: inout WebSocketMachine,
        _ input: inout MutableRawSpan,
        _ output: inout [UInt8]
    ) throws {
        var consumed = 0
        while let event = try machine.next(&input, consumed: &consumed, output: &output) {
            if case .text(let payload) = event {
                let text = payload.text(in: input)
                try machine.send(text: text.utf8Span, to: &output)
            }
        }
    }

    @Test func textComesBack() throws {
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        var wire = frame(0x81, "Hello") + frame(0x82, [1]) + frame(0x01, "wo") + frame(0x80, "rld")
        try wire.write { try echo(&machine, &$0, &output) }
        #expect(output == bytes("8105") + Array("Hello".utf8) + bytes("8105") + Array("world".utf8))
    }
}
