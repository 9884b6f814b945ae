import SocketsTesting
import Testing
import WebSocketCodec

/// Two machines talk: random messages, fragments, pings, cuts and compression.
@Suite struct RandomConversationTests {
    /// What one end sent, as the other must see it.
    private struct Script {
        var wire: [UInt8] = []
        var expected: [Conversation.Seen] = []
    }

    private func text(_ random: inout SeededRandom) -> String {
        let alphabet: [Character] = ["a", " ", "\n", "é", "日", "😀", "\u{10FFFF}", "\0"]
        let size = random.oneIn(20) ? 70_000 : Int.random(in: 0...400, using: &random)
        return String((0..<size).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }

    private func data(_ random: inout SeededRandom) -> [UInt8] {
        let size = random.oneIn(20) ? 66_000 : Int.random(in: 0...400, using: &random)
        let range: ClosedRange<UInt8> = random.oneIn(2) ? 0...255 : 0...3
        return (0..<size).map { _ in UInt8.random(in: range, using: &random) }
    }

    private func script(
        _ machine: inout WebSocketMachine,
        _ random: inout SeededRandom
    ) throws -> Script {
        var script = Script()
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let text = text(&random)
                try machine.send(text: text.utf8Span, to: &script.wire)
                script.expected.append(.text(text))
            case 1:
                let data = data(&random)
                try data.read { span throws(WebSocketNotOpen) in
                    try machine.send(binary: span, to: &script.wire)
                }
                script.expected.append(.binary(data))
            case 2:
                let parts = (0..<Int.random(in: 0...5, using: &random)).map { _ in text(&random) }
                for part in parts {
                    try machine.sendFragment(text: part.utf8Span, isLast: false, to: &script.wire)
                    try machine.ping(to: &script.wire)
                    script.expected.append(.ping([]))
                }
                try machine.sendFragment(text: "".utf8Span, isLast: true, to: &script.wire)
                script.expected.append(.text(parts.joined()))
            case 3:
                let parts = (0..<Int.random(in: 1...5, using: &random)).map { _ in data(&random) }
                for (index, part) in parts.enumerated() {
                    try part.read { span throws(WebSocketNotOpen) in
                        let isLast = index == parts.count - 1
                        try machine.sendFragment(binary: span, isLast: isLast, to: &script.wire)
                    }
                }
                script.expected.append(.binary(parts.flatMap { $0 }))
            default:
                let data = Array(data(&random).prefix(125))
                try data.read { span throws(WebSocketNotOpen) in
                    try machine.ping(span, to: &script.wire)
                }
                script.expected.append(.ping(data))
            }
        }
        return script
    }

    @Test(arguments: [false, true], [false, true])
    func whatOneEndSendsTheOtherSees(clientSends: Bool, compresses: Bool) throws {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<20 {
            let agreed =
                compresses ? PermessageDeflate(answering: [PermessageDeflate.offer]) : nil
            var sender = Setup(isServer: !clientSends, compression: agreed).machine()
            var script = try script(&sender, &random)
            sender.close(.normal, reason: "end", to: &script.wire)
            script.expected.append(.close(WebSocketClose(.normal, reason: "end")))
            var receiver = Setup(isServer: clientSends, compression: agreed).machine()
            var seen = Conversation()
            var rest = script.wire[...]
            while !rest.isEmpty {
                let limit = min(rest.count, random.oneIn(3) ? 10 : 65_536)
                let size = Int.random(in: 1...limit, using: &random)
                seen.receive(Array(rest.prefix(size)), by: &receiver)
                rest = rest.dropFirst(size)
            }
            #expect(seen.seen == script.expected)
            #expect(seen.state == .closed)
            // The answers are the pongs in their order, then the close.
            let answers = Conversation.Seen.pongs(to: script.expected)
            var back = Conversation()
            back.receive(seen.output, by: &sender)
            #expect(back.seen == answers + [.close(WebSocketClose(.normal))])
            #expect(sender.state == .closed)
        }
    }
}

extension Conversation.Seen {
    fileprivate static func pongs(to seen: [Self]) -> [Self] {
        seen.compactMap { if case .ping(let data) = $0 { .pong(data) } else { nil } }
    }
}
