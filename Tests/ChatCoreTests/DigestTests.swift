import ChatCore
import Testing

@Suite struct DigestTests {
    /// A lobby of `count` members.
    private func crowd(_ count: UInt64) throws -> World {
        var world = World()
        for id in 1...count {
            world.chat.handleQuietly(.connect(try Nick("m\(id)"), joining: .lobby), id)
        }
        return world
    }

    @Test func upToAHundredMembersEachIsShownAtOnce() throws {
        var world = try crowd(99)
        let effects = try world.admit(100, "last")
        #expect(
            effects.last
                == .broadcast(
                    .joined(try Nick("last"), .lobby, memberCount: 100),
                    room: .lobby,
                    origin: MemberID(100)
                )
        )
        #expect(world.chat.nextDeadline == nil)
    }

    @Test func beyondAHundredTheyAreSummedUpAfterFiveSeconds() throws {
        var world = try crowd(100)
        for id in 101...140 as ClosedRange<UInt64> {
            let effects = try world.admit(id, "m\(id)")
            #expect(effects.allSatisfy { if case .broadcast = $0 { false } else { true } })
        }
        for id in 1...3 as ClosedRange<UInt64> {
            #expect(world.act(id, .quit(.connectionLost)).count == 1)
        }
        #expect(world.chat.nextDeadline == ChatInstant(nanoseconds: 5_000_000_000))
        #expect(world.wait(seconds: 4).isEmpty)
        let digests = world.wait(seconds: 1)
        #expect(digests.map(describe) == ["#lobby +40 -3 =137"])
        #expect(world.chat.nextDeadline == nil)
        #expect(world.wait(seconds: 100).isEmpty)
        try world.admit(200, "late")
        #expect(world.chat.nextDeadline == ChatInstant(nanoseconds: 110_000_000_000))
    }

    @Test func aRoomThatShrinksShowsEachAgainAndStillTellsWhatIsPending() throws {
        var world = try crowd(102)
        _ = world.wait(seconds: 5)
        #expect(world.act(1, .quit(.connectionLost)).count == 1)  // 101 left: pending
        #expect(world.act(2, .quit(.connectionLost)).count == 2)  // 100 left: shown
        #expect(world.wait(seconds: 5).map(describe) == ["#lobby +0 -1 =100"])
    }

    @Test func aRoomThatEndsTakesItsDigestWithIt() throws {
        var limits = ChatLimits()
        limits.individualNoticeLimit = 1
        var world = World(limits: limits)
        let dev = try RoomName("#dev")
        try world.admit(1, "a", "#dev")
        try world.admit(2, "b", "#dev")
        #expect(world.chat.nextDeadline != nil)
        world.act(1, .leave(dev))
        world.act(2, .leave(dev))
        _ = world.wait(seconds: 1)
        world.act(1, .join(dev))
        world.act(2, .join(dev))
        #expect(world.wait(seconds: 4).isEmpty)  // the first room's time
        #expect(world.wait(seconds: 1).map(describe) == ["#dev +1 -0 =2"])
        #expect(world.chat.nextDeadline == nil)
    }

    private func describe(_ effect: ChatEffect) -> String {
        guard case .broadcast(.digest(let digest), _, nil) = effect else { return "\(effect)" }
        return
            "\(digest.room) +\(digest.joinedCount) -\(digest.leftCount) =\(digest.memberCount)"
    }
}

extension Chat {
    /// A step of a set-up too long to check the invariants after each.
    fileprivate mutating func handleQuietly(_ command: ChatCommand, _ id: UInt64) {
        _ = handle(command, from: MemberID(id), now: ChatInstant(nanoseconds: 0))
    }
}
