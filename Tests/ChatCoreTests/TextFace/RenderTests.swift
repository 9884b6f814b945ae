import ChatCore
import Testing

@Suite struct RenderTests {
    /// What everyone sees of some commands, in order.
    private func shown(_ effects: [ChatEffect]) -> [String] {
        effects.compactMap {
            switch $0 {
            case .deliver(let event, _), .broadcast(let event, _, _):
                text(TextFace.render(event))
            case .disconnect: nil
            }
        }
    }

    @Test func comingAndGoing() throws {
        var world = World()
        #expect(
            shown(try world.admit(1, "ada")) == [
                "* welcome, ada: /help lists the commands, bye leaves\n",
                "* you are ada in #lobby (1 here)\n",
                "* ada joined #lobby (1 here)\n",
            ]
        )
        try world.admit(2, "bob")
        #expect(
            shown(world.act(1, .rename(try Nick("eve")))) == [
                "* you are eve now\n", "* ada is eve now (#lobby)\n",
            ]
        )
        #expect(
            shown(world.act(1, .leave(.lobby))) == [
                "* you left #lobby\n", "* eve left #lobby (1 here)\n",
            ]
        )
        try world.admit(3, "kim")
        #expect(
            shown(world.act(3, .quit(.goodbye("\u{1B}[0m tea"))))
                == ["* kim left #lobby: \"\\x1b[0m tea\" (1 here)\n"]
        )
        for (departure, why) in [
            (Departure.connectionLost, ": connection lost"), (.readTooSlowly, ": read too slowly"),
            (.idle, ": silent too long"), (.flooded, ": sent too much"), (.goodbye(nil), ""),
            (.malformedInput, ": sent what is not text"), (.serverStopping, ": the chat stops"),
        ] {
            try world.admit(3, "kim")
            #expect(shown(world.act(3, .quit(departure))) == ["* kim left #lobby\(why) (1 here)\n"])
        }
    }

    @Test func talking() throws {
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        #expect(shown(world.say(1, "hello")) == ["[#lobby] ada: hello\n"])
        #expect(
            shown(world.act(1, .say("waves", kind: .action, in: .lobby)))
                == ["[#lobby] * ada waves\n"]
        )
        #expect(shown(world.say(1, "\u{1B}[2J\u{202E}")) == ["[#lobby] ada: \\x1b[2J\\u{202e}\n"])
        #expect(
            shown(world.act(1, .tell(try Nick("bob"), "psst"))) == ["-ada- psst\n", ""]
        )
        #expect(
            shown(try world.admit(3, "eve"))[2]
                == "~ [#lobby] ada: hello\n~ [#lobby] * ada waves\n"
                + "~ [#lobby] ada: \\x1b[2J\\u{202e}\n"
        )
    }

    @Test func listings() throws {
        var limits = ChatLimits()
        (limits.listedMemberLimit, limits.listedRoomLimit) = (2, 1)
        limits.individualNoticeLimit = 2
        var world = World(limits: limits)
        for (id, name) in [(1, "ada"), (2, "bob")] as [(UInt64, String)] {
            try world.admit(id, name)
        }
        #expect(shown(world.act(1, .who(.lobby))) == ["* 2 in #lobby: ada, bob\n"])
        #expect(shown(world.act(1, .rooms)) == ["* 1 room: #lobby (2)\n"])
        for id in 3...1_200 as ClosedRange<UInt64> {
            _ = world.chat.handle(
                .connect(try Nick("m\(id)"), joining: .lobby),
                from: MemberID(id),
                now: world.now
            )
        }
        world.act(1, .join(try RoomName("#dev")))
        #expect(
            shown(world.act(1, .who(.lobby))) == ["* 1,200 in #lobby: ada, bob and 1,198 more\n"]
        )
        #expect(shown(world.act(1, .rooms)) == ["* 2 rooms: #lobby (1,200) and 1 more\n"])
        world.act(9, .quit(.idle))
        #expect(
            shown(world.wait(seconds: 5))
                == ["* #lobby: +1,198 joined, 1 left, now 1,199 here\n"]
        )
        world.act(10, .quit(.idle))
        #expect(shown(world.wait(seconds: 5)) == ["* #lobby: 1 left, now 1,198 here\n"])
    }

    @Test func everyRefusalIsOneLine() throws {
        let (ada, dev) = (try Nick("ada"), try RoomName("#dev"))
        for (refusal, words) in [
            (Refusal.nickTaken(ada, suggestion: try Nick("ada_")), "ada is taken; ada_ is free"),
            (.nickTaken(ada, suggestion: nil), "ada is taken"),
            (.nickUnchanged(ada), "you are ada already"),
            (.notInRoom(dev), "you are not in #dev; /join #dev first"),
            (.noSuchRoom(dev), "there is no room #dev; /rooms lists them"),
            (.noSuchMember(ada), "there is nobody called ada"),
            (
                .textTooLong(size: 3_000, limit: 2_048),
                "not sent: 3,000 bytes, at most 2,048 are allowed"
            ),
            (.tooFast(retryAfterNanoseconds: 50_000_000), "not done: too fast, go on in 0.1 s"),
            (.tooFast(retryAfterNanoseconds: 1_200_000_000), "not done: too fast, go on in 1.2 s"),
            (.invalidName(.empty), "a name has at least one character"),
            (.invalidName(.start("1")), "a name may not start with \"1\""),
            (
                .invalidName(.character(" ", offset: 3)),
                "a name may not have a space (byte 3): use letters, digits and -_[]{}\\|^`"
            ),
            (
                .invalidName(.character("\u{1B}", offset: 3)),
                "a name may not have \\x1b (byte 3): use letters, digits and -_[]{}\\|^`"
            ),
            (
                .invalidName(.character("\u{202E}", offset: 0)),
                "a name may not have \\u{202e} (byte 0): use letters, digits and -_[]{}\\|^`"
            ),
            (
                .invalidName(.character("\u{3164}", offset: 0)),
                "a name may not have \\u{3164} (byte 0): use letters, digits and -_[]{}\\|^`"
            ),
            (.invalidName(.tooLong), "a name has at most 32 characters and 128 bytes"),
            (.invalidName(.marks(offset: 9)), "a letter may have at most 4 marks (byte 9)"),
        ] {
            #expect(text(TextFace.render(.refused(refusal))) == "* \(words)\n")
        }
    }

    @Test func noLineIsLongerThanPromised() throws {
        var world = World()
        let names = (0..<100).map { String(repeating: "\u{20000}", count: 30) + "\(10 + $0 % 90)" }
        for (id, name) in Set(names).sorted().enumerated() {
            try world.admit(UInt64(id + 1), name)
        }
        let control = String(repeating: "\u{1B}", count: 2_048)
        for line in shown(world.say(1, control)) + shown(world.act(1, .who(.lobby))) {
            #expect(line.utf8.count <= TextFace.renderedLineSizeLimit)
            #expect(line.utf8.count(where: { $0 == 0x0A }) == 1)
        }
    }

    /// Only the chat's own lines start with a star and a space.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func aPeerCannotForgeALineOfTheChat(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        for _ in 0..<50 {
            let said = String(
                decoding: (0..<20).map { _ in UInt8.random(in: 1...255, using: &random) },
                as: UTF8.self
            )
            for command: ChatCommand in [
                .say(said, kind: .words, in: .lobby), .say("* " + said, kind: .action, in: .lobby),
                .tell(try Nick("bob"), "\r* " + said),
            ] {
                world.now = world.now.advanced(byNanoseconds: 1_000_000_000)
                for effect in world.act(1, command) {
                    guard case .broadcast(let event, _, _) = effect else { continue }
                    let bytes = TextFace.render(event)
                    #expect(bytes.first == UInt8(ascii: "["), "seed \(seed)")
                    #expect(bytes.last == 0x0A, "seed \(seed)")
                    #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 || $0 == 9 }, "seed \(seed)")
                }
            }
        }
    }
}
