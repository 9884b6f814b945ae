import ChatCore
import Testing

@Suite struct AdmissionTests {
    @Test func aMemberIsWelcomedAndLandsInTheLobby() throws {
        var world = World()
        let ada = try Nick("ada")
        let effects = try world.admit(1, "ada")
        let entry = RoomEntryLike(effects)
        #expect(entry == RoomEntryLike(nick: "ada", room: "#lobby", count: 1))
        #expect(effects.first == .deliver(.welcomed(ada), to: MemberID(1)))
        #expect(
            effects.last
                == .broadcast(
                    .joined(ada, .lobby, memberCount: 1),
                    room: .lobby,
                    origin: MemberID(1)
                )
        )
        #expect(world.chat.nick(of: MemberID(1))?.text == "ada")
        #expect(world.chat.member(named: ada) == MemberID(1))
        #expect(world.chat.members(of: .lobby) == [MemberID(1)])
    }

    @Test func aTakenNameIsRefusedWithOneThatIsFree() throws {
        var world = World()
        try world.admit(1, "ada")
        let ada = try Nick("ada")
        let first = refusals(try world.admit(2, "ADA"))
        #expect(first == [.nickTaken(ada, suggestion: try Nick("ADA_"))])
        try world.admit(2, "ada_")
        #expect(
            refusals(try world.admit(3, "Ada")) == [.nickTaken(ada, suggestion: try Nick("ada2"))]
        )
        for (id, name) in [(4, "ada2"), (5, "ada3"), (6, "ada4")] as [(UInt64, String)] {
            try world.admit(id, name)
        }
        #expect(
            refusals(try world.admit(77, "ada"))
                == [.nickTaken(ada, suggestion: try Nick("ada77"))]
        )
        try world.admit(8, "ada77")
        #expect(refusals(try world.admit(77, "ada")) == [.nickTaken(ada, suggestion: nil)])
    }

    @Test func aSuggestionForALongNameStillFits() throws {
        var world = World()
        let long = String(repeating: "x", count: 32)
        try world.admit(1, long)
        let free = String(repeating: "x", count: 31) + "_"
        #expect(
            refusals(try world.admit(2, long))
                == [.nickTaken(try Nick(long), suggestion: try Nick(free))]
        )
    }

    @Test func aNameIsFreeAgainWhenItsOwnerHasGone() throws {
        var world = World()
        try world.admit(1, "ada")
        world.act(1, .quit(.connectionLost))
        #expect(refusals(try world.admit(2, "ada")).isEmpty)
    }

    @Test func renamingTellsEveryRoomOfTheMemberOnce() throws {
        var world = World()
        try world.admit(1, "ada")
        let dev = try RoomName("#dev")
        world.act(1, .join(dev))
        let (old, new) = (try Nick("ada"), try Nick("Countess"))
        #expect(
            world.act(1, .rename(new)) == [
                .deliver(.nickChanged(from: old, to: new), to: MemberID(1)),
                .broadcast(
                    .renamed(from: old, to: new, .lobby),
                    room: .lobby,
                    origin: MemberID(1)
                ),
                .broadcast(.renamed(from: old, to: new, dev), room: dev, origin: MemberID(1)),
            ]
        )
        #expect(world.chat.member(named: old) == nil)
        #expect(world.chat.member(named: new) == MemberID(1))
    }

    @Test func aMemberMayChangeTheCaseOfItsOwnName() throws {
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        #expect(refusals(world.act(1, .rename(try Nick("Ada")))).isEmpty)
        #expect(world.chat.nick(of: MemberID(1))?.text == "Ada")
        #expect(
            refusals(world.act(1, .rename(try Nick("Ada"))))
                == [.nickUnchanged(try Nick("ada"))]
        )
        #expect(
            refusals(world.act(2, .rename(try Nick("ada"))))
                == [.nickTaken(try Nick("ada"), suggestion: try Nick("ada_"))]
        )
    }

    @Test func aStrangerIsRefusedAndAMemberConnectsOnce() throws {
        var world = World()
        for command: ChatCommand in [
            .say("hi", kind: .words, in: .lobby), .tell(try Nick("x"), "hi"),
            .rename(try Nick("x")), .join(.lobby), .leave(.lobby), .who(.lobby), .rooms,
        ] {
            #expect(refusals(world.act(9, command)) == [.notConnected])
        }
        #expect(world.act(9, .quit(.connectionLost)).isEmpty)
        try world.admit(1, "ada")
        #expect(refusals(try world.admit(1, "eve")) == [.alreadyConnected])
    }

    @Test func aFullChatRefusesTheNext() throws {
        var limits = ChatLimits()
        limits.memberLimit = 2
        var world = World(limits: limits)
        try world.admit(1, "a")
        try world.admit(2, "b")
        #expect(refusals(try world.admit(3, "c")) == [.chatFull(limit: 2)])
        world.act(1, .quit(.goodbye(nil)))
        #expect(refusals(try world.admit(3, "c")).isEmpty)
    }

    @Test func quittingTellsTheRoomsAndDisconnects() throws {
        var world = World()
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        #expect(
            world.act(1, .quit(.goodbye("tea"))) == [
                .broadcast(
                    .left(try Nick("ada"), .lobby, memberCount: 1, .goodbye("tea")),
                    room: .lobby,
                    origin: nil
                ),
                .disconnect(MemberID(1), .goodbye("tea")),
            ]
        )
        #expect(world.act(1, .quit(.connectionLost)).isEmpty)
    }

    @Test func partingWordsAreOneShortLine() throws {
        for (words, kept) in [
            ("", nil), ("a\nb", nil), ("a\rb", nil), ("a\0b", nil), ("tea", "tea"),
            (String(repeating: "é", count: 200), String(repeating: "é", count: 128)),
            ("a" + String(repeating: "é", count: 200), "a" + String(repeating: "é", count: 127)),
        ] as [(String, String?)] {
            var world = World()
            try world.admit(1, "ada")
            let effects = world.act(1, .quit(.goodbye(words)))
            #expect(effects == [.disconnect(MemberID(1), .goodbye(kept))])
        }
    }
}

/// What a room's newcomer is told.
struct RoomEntryLike: Equatable {
    var nick: String
    var room: String
    var count: Int

    init(nick: String, room: String, count: Int) {
        (self.nick, self.room, self.count) = (nick, room, count)
    }

    init?(_ effects: [ChatEffect]) {
        for case .deliver(.entered(let entry), _) in effects {
            self.init(nick: entry.nick.text, room: entry.room.text, count: entry.memberCount)
            return
        }
        return nil
    }
}
