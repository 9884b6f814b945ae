import ChatCore
import Testing

@Suite struct RandomTests {
    /// Small limits, so that each is met often.
    private var tightLimits: ChatLimits {
        var limits = ChatLimits()
        limits.memberLimit = 12
        limits.roomLimit = 5
        limits.roomsPerMemberLimit = 3
        limits.historyLineLimit = 4
        limits.historySizeLimit = 30
        limits.listedMemberLimit = 3
        limits.listedRoomLimit = 2
        limits.individualNoticeLimit = 3
        limits.commandBurstLimit = 20
        limits.renameCost = 3
        limits.floodRefusalLimit = 15
        return limits
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func theChatAgreesWithItselfAfterEachOfManyRandomCommands(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var world = World(limits: tightLimits)
        var twin = Chat(limits: tightLimits)
        for _ in 0..<800 {
            let id = UInt64.random(in: 1...16, using: &random)
            let command = try command(&random)
            let effects = world.act(id, command)
            // Deterministic: a second chat given the same does the same.
            #expect(
                twin.handle(command, from: MemberID(id), now: world.now) == effects,
                "seed \(seed)"
            )
            check(effects, from: MemberID(id), world.chat, "seed \(seed)")
            let pause = Int64.random(in: 0...120_000_000, using: &random)
            world.now = world.now.advanced(byNanoseconds: pause)
            if let deadline = world.chat.nextDeadline, deadline <= world.now {
                #expect(world.wait(seconds: 0) == twin.tick(now: world.now), "seed \(seed)")
            }
        }
        for id in 1...16 as ClosedRange<UInt64> { world.act(id, .quit(.serverStopping)) }
        #expect(world.chat.memberCount == 0, "seed \(seed)")
        #expect(world.chat.roomCount == 1, "seed \(seed)")
    }

    /// What holds for the effects of any command.
    private func check(
        _ effects: [ChatEffect],
        from id: MemberID,
        _ chat: Chat,
        _ note: Comment
    ) {
        for effect in effects {
            switch effect {
            case .deliver(.direct, let member):
                #expect(chat.nick(of: member) != nil, note)
            case .deliver(_, let member):
                #expect(member == id, note)
            case .broadcast(_, let room, let origin):
                #expect(!chat.members(of: room).isEmpty, note)
                if let origin { #expect(chat.members(of: room).contains(origin), note) }
            case .disconnect(let member, _):
                #expect(chat.nick(of: member) == nil, note)
            }
        }
    }

    private func command(_ random: inout SeededGenerator) throws -> ChatCommand {
        let nick = try Nick(pick(["a", "A", "b", "c", "d", "e", "f", "g"], &random))
        let room = try RoomName(
            pick(["#lobby", "#LOBBY", "#a", "#A", "#b", "#c", "#d", "#e"], &random)
        )
        let long = String(repeating: "x", count: 3_000)
        let text = pick(["", "hi", "a\nb", "longer text", long], &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: return .connect(nick, joining: Bool.random(using: &random) ? room : nil)
        case 4..<8: return .say(text, kind: .words, in: room)
        case 8: return .say(text, kind: .action, in: room)
        case 9: return .tell(nick, text)
        case 10: return .rename(nick)
        case 11..<15: return .join(room)
        case 15..<17: return .leave(room)
        case 17: return .who(room)
        case 18: return .rooms
        default: return .quit(.goodbye(text))
        }
    }

    private func pick(_ choices: [String], _ random: inout SeededGenerator) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
