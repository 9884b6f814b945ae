import ChatCore
import Testing

@Suite struct FloodTests {
    @Test func aPasteOfABurstPassesAndTheNextLineIsTold() throws {
        var world = World()
        try world.admit(1, "ada")
        for line in 1...100 { #expect(refusals(world.say(1, "\(line)")).isEmpty) }
        #expect(
            refusals(world.say(1, "more")) == [.tooFast(retryAfterNanoseconds: 50_000_000)]
        )
        world.now = world.now.advanced(byNanoseconds: 49_999_999)
        #expect(refusals(world.say(1, "more")) == [.tooFast(retryAfterNanoseconds: 1)])
        world.now = world.now.advanced(byNanoseconds: 1)
        #expect(refusals(world.say(1, "more")).isEmpty)
        #expect(world.chat.statistics.floodRefusalCount == 2)
        #expect(world.chat.statistics.messageCount == 101)
    }

    @Test func twentyASecondCanBeKeptUp() throws {
        var world = World()
        try world.admit(1, "ada")
        for _ in 0..<30 {
            for _ in 0..<20 { #expect(refusals(world.say(1, "x")).isEmpty) }
            _ = world.wait(seconds: 1)
        }
    }

    @Test func aRenameCountsForTen() throws {
        var world = World()
        try world.admit(1, "ada")
        for turn in 0..<10 {
            #expect(refusals(world.act(1, .rename(try Nick("ada\(turn)")))).isEmpty)
        }
        #expect(
            refusals(world.act(1, .rename(try Nick("eve"))))
                == [.tooFast(retryAfterNanoseconds: 500_000_000)]
        )
    }

    @Test func aFloodThatGoesOnIsDisconnected() throws {
        var limits = ChatLimits()
        limits.floodRefusalLimit = 5
        var world = World(limits: limits)
        try world.admit(1, "ada")
        try world.admit(2, "bob")
        for _ in 0..<104 { _ = world.say(1, "x") }
        let effects = world.say(1, "x")
        #expect(effects.last == .disconnect(MemberID(1), .flooded))
        #expect(effects.count == 2)  // bob is told
        #expect(refusals(world.say(1, "x")) == [.notConnected])
        #expect(world.chat.statistics.floodDisconnectCount == 1)
    }

    @Test func aPauseForgivesEarlierRefusals() throws {
        var limits = ChatLimits()
        limits.floodRefusalLimit = 5
        var world = World(limits: limits)
        try world.admit(1, "ada")
        for _ in 0..<5 {
            for _ in 0..<104 { _ = world.say(1, "x") }
            _ = world.wait(seconds: 6)
        }
        #expect(world.chat.memberCount == 1)
    }

    @Test func aFloodersLeavingIsNeverRefused() throws {
        var world = World()
        try world.admit(1, "ada")
        for _ in 0..<150 { _ = world.say(1, "x") }
        #expect(
            world.act(1, .quit(.goodbye(nil))) == [.disconnect(MemberID(1), .goodbye(nil))]
        )
    }

    @Test func timeAtItsEndsDoesNotTrap() throws {
        for end in [Int64.min, .max] {
            var world = World()
            world.now = ChatInstant(nanoseconds: end)
            try world.admit(1, "ada")
            for _ in 0..<150 { _ = world.say(1, "x") }
            _ = world.chat.tick(now: ChatInstant(nanoseconds: .max))
            _ = world.chat.tick(now: ChatInstant(nanoseconds: .min))
            world.chat.checkInvariants()
        }
    }
}
