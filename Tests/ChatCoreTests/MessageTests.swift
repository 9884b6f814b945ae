import ChatCore
import Testing

@Suite struct MessageTests {
    @Test func whatIsSaidGoesToTheRoomOnceWithItsOrigin() throws {
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        let effects = world.say(2, "hello")
        guard
            effects.count == 1,
            case .broadcast(.said(let message), .lobby, MemberID(2)) = effects[0]
        else {
            Issue.record("unexpected \(effects)")
            return
        }
        #expect(message.number == 1)
        #expect(message.sender.text == "bob")
        #expect(message.text == "hello")
        #expect(message.kind == .words)
        #expect(world.chat.members(of: .lobby) == [MemberID(1), MemberID(2)])
    }

    @Test func aDirectMessageGoesToOneAndIsAcknowledgedToItsSender() throws {
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "Bob")
        let effects = world.act(1, .tell(try Nick("bob"), "psst"))
        guard
            effects.count == 2,
            case .deliver(.direct(let received), MemberID(2)) = effects[0],
            case .deliver(.directSent(let sent), MemberID(1)) = effects[1]
        else {
            Issue.record("unexpected \(effects)")
            return
        }
        #expect(received == sent)
        #expect(received.recipient.text == "Bob")
        #expect(world.chat.history(of: .lobby).isEmpty)
        let eve = try Nick("eve")
        #expect(refusals(world.act(1, .tell(eve, "hi"))) == [.noSuchMember(eve)])
    }

    @Test func textIsOneLineOfBoundedLength() throws {
        var world = World()
        try world.admit(1, "ada")
        let longest = String(repeating: "x", count: 2_048)
        #expect(refusals(world.say(1, longest)).isEmpty)
        for (text, refusal) in [
            ("", Refusal.emptyText),
            (longest + "x", .textTooLong(size: 2_049, limit: 2_048)),
            ("é\n", .textNotOneLine(offset: 2)),
            ("a\rb", .textNotOneLine(offset: 1)),
            ("a\r\nb", .textNotOneLine(offset: 1)),
            ("\0", .textNotOneLine(offset: 0)),
        ] {
            #expect(refusals(world.say(1, text)) == [refusal])
            #expect(refusals(world.act(1, .tell(try Nick("ada"), text))) == [refusal])
        }
    }
}
