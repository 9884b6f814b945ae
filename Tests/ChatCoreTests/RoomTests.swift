import ChatCore
import Testing

@Suite struct RoomTests {
    @Test func aRoomBeginsWithItsFirstMemberAndEndsWithItsLast() throws {
        var world = World()
        try world.admit(1, "ada", nil)
        let dev = try RoomName("#Dev")
        #expect(world.chat.roomCount == 1)
        world.act(1, .join(dev))
        _ = world.say(1, "kept", dev)
        #expect(world.chat.roomCount == 2)
        #expect(world.act(1, .leave(dev)) == [.deliver(.exited(dev), to: MemberID(1))])
        #expect(world.chat.roomCount == 1)
        let again = world.act(1, .join(try RoomName("#dev")))
        #expect(again.count == 2)  // entered and joined, no history
        #expect(RoomEntryLike(again)?.room == "#dev")
    }

    @Test func theDefaultRoomKeepsItsHistoryWhileNobodyIsThere() throws {
        var world = World()
        try world.admit(1, "ada")
        _ = world.say(1, "note to self")
        world.act(1, .quit(.goodbye(nil)))
        let effects = try world.admit(2, "bob")
        guard case .deliver(.history(let room, let messages), MemberID(2)) = effects[2] else {
            Issue.record("no history in \(effects)")
            return
        }
        #expect(room == .lobby)
        #expect(messages.map(\.text) == ["note to self"])
    }

    @Test func aNewcomerSeesTheLastFiftyLinesInOrder() throws {
        var world = World()
        try world.admit(1, "ada")
        for line in 1...60 { _ = world.say(1, "line \(line)") }
        try world.admit(2, "bob")
        #expect(
            world.chat.history(of: .lobby).map(\.text) == (11...60).map { "line \($0)" }
        )
    }

    @Test func historyIsBoundedInBytesToo() throws {
        var limits = ChatLimits()
        limits.historySizeLimit = 10
        var world = World(limits: limits)
        try world.admit(1, "ada")
        for line in ["1234", "5678", "90", "x"] { _ = world.say(1, line) }
        #expect(world.chat.history(of: .lobby).map(\.text) == ["5678", "90", "x"])
        _ = world.say(1, "longer than ten bytes")
        #expect(world.chat.history(of: .lobby).isEmpty)
    }

    @Test func aRoomKeepsTheSpellingOfItsMaker() throws {
        var world = World()
        try world.admit(1, "ada", "#Dev")
        let effects = try world.admit(2, "bob", "#DEV")
        #expect(RoomEntryLike(effects)?.room == "#Dev")
        #expect(world.chat.rooms(of: MemberID(2)).map(\.text) == ["#Dev"])
    }

    @Test func joiningTwiceAndLeavingWhereOneIsNotAreRefused() throws {
        var world = World()
        try world.admit(1, "ada")
        let dev = try RoomName("#dev")
        #expect(refusals(world.act(1, .join(.lobby))) == [.alreadyInRoom(.lobby)])
        #expect(refusals(world.act(1, .leave(dev))) == [.notInRoom(dev)])
        #expect(refusals(world.say(1, "hi", dev)) == [.notInRoom(dev)])
        #expect(refusals(world.act(1, .who(dev))) == [.noSuchRoom(dev)])
    }

    @Test func roomsAreLimitedInAllAndForEachMember() throws {
        var limits = ChatLimits()
        limits.roomLimit = 3
        limits.roomsPerMemberLimit = 2
        var world = World(limits: limits)
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        world.act(1, .join(try RoomName("#a")))
        #expect(
            refusals(world.act(1, .join(try RoomName("#b")))) == [.inTooManyRooms(limit: 2)]
        )
        world.act(2, .leave(.lobby))
        world.act(2, .join(try RoomName("#b")))
        #expect(refusals(world.act(2, .join(try RoomName("#c")))) == [.tooManyRooms(limit: 3)])
        #expect(refusals(world.act(2, .join(.lobby))).isEmpty)
    }

    @Test func listingsNameTheFirstAndCountTheRest() throws {
        var limits = ChatLimits()
        limits.listedMemberLimit = 2
        limits.listedRoomLimit = 2
        var world = World(limits: limits)
        for (id, name) in [(1, "a"), (2, "b"), (3, "c")] as [(UInt64, String)] {
            try world.admit(id, name)
            world.act(id, .join(try RoomName("#r\(name)")))
        }
        guard
            case .deliver(.memberList(let names), MemberID(1)) = world.act(1, .who(.lobby)).first,
            case .deliver(.roomList(let rooms), MemberID(1)) = world.act(1, .rooms).first
        else {
            Issue.record("no listings")
            return
        }
        #expect(names.nicks.map(\.text) == ["a", "b"])
        #expect(names.memberCount == 3)
        #expect(rooms.rooms.map(\.room.text) == ["#lobby", "#ra"])
        #expect(rooms.rooms.map(\.memberCount) == [3, 1])
        #expect(rooms.roomCount == 4)
    }
}
