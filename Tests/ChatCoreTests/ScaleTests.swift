import ChatCore
import Testing

@Suite struct ScaleTests {
    /// Counts, not times: what the caller must send for 10,000 who come and 5,000 who drop.
    @Test func tenThousandComeAndHalfOfThemDropWithLinearlyManyEffects() throws {
        var chat = Chat()
        var now = ChatInstant(nanoseconds: 0)
        var effectCount = 0
        var deliveryCount = 0

        func count(_ effects: [ChatEffect]) {
            effectCount += effects.count
            for effect in effects {
                switch effect {
                case .deliver: deliveryCount += 1
                case .broadcast(_, let room, _): deliveryCount += chat.members(of: room).count
                case .disconnect: break
                }
            }
        }
        func step(milliseconds: Int64) {
            now = now.advanced(byNanoseconds: milliseconds * 1_000_000)
            if let deadline = chat.nextDeadline, deadline <= now { count(chat.tick(now: now)) }
        }

        for id in 1...10_000 as ClosedRange<UInt64> {
            let nick = try Nick("m\(id)")
            count(chat.handle(.connect(nick, joining: .lobby), from: MemberID(id), now: now))
            step(milliseconds: 1)
        }
        // Welcomed and entered each, a notice for each of the first 100, a digest in 5 s.
        #expect(effectCount == 2 * 10_000 + 100 + 1)
        step(milliseconds: 5_000)
        chat.checkInvariants()

        (effectCount, deliveryCount) = (0, 0)
        count(
            chat.handle(
                .say("hello", kind: .words, in: .lobby),
                from: MemberID(7),
                now: now
            )
        )
        #expect(effectCount == 1)
        #expect(deliveryCount == 10_000)

        (effectCount, deliveryCount) = (0, 0)
        for id in stride(from: UInt64(1), through: 9_999, by: 2) {
            count(chat.handle(.quit(.connectionLost), from: MemberID(id), now: now))
        }
        step(milliseconds: 5_000)
        #expect(effectCount == 5_000 + 1)
        #expect(deliveryCount == 5_000)  // the one digest
        #expect(chat.memberCount == 5_000)
        chat.checkInvariants()

        for id in stride(from: UInt64(2), through: 10_000, by: 2) {
            count(chat.handle(.quit(.connectionLost), from: MemberID(id), now: now))
        }
        chat.checkInvariants()
        #expect(chat.memberCount == 0)
        #expect(chat.members(of: .lobby).isEmpty)
    }
}
