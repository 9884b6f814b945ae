import ArenaRules
import Testing

struct ArenaRulesTests {
    private static let messages: [Message] = [
        .hello(name: "ann"), .welcome(pass: .max), .full, .leave(pass: 7),
        .input(pass: 1, name: "Jürgen", number: 0xFFFF_FFFF, .left),
        .snapshot(Snapshot(of: filledWorld(), for: 3)),
    ]

    private static func filledWorld() -> World {
        var world = World()
        for number in 0..<World.playerLimit { _ = world.join(name: "player \(number)") }
        for _ in 0..<50 { world.step() }
        return world
    }

    @Test(arguments: messages)
    func messagesAreReadAsTheyWereWritten(_ message: Message) {
        #expect(Message(message.bytes) == message)
        #expect(message.bytes.count <= 1200)
    }

    @Test(arguments: messages)
    func nothingThatIsCutOffIsRead(_ message: Message) {
        for count in 0..<message.bytes.count {
            #expect(Message(message.bytes.prefix(count)) == nil)
        }
    }

    @Test func randomBytesAreRefusedOrReadAndNeverTrap() {
        for _ in 0..<20_000 {
            let noise = (0..<Int.random(in: 0...80)).map { _ in UInt8.random(in: 0...255) }
            _ = Message([0x41, 0x52, 1, UInt8.random(in: 0...7)] + noise)
        }
    }

    @Test func aNameThatWouldMoveACursorIsNoName() {
        #expect(Message(Message.hello(name: "\u{1B}[2J").bytes) == nil)
    }

    @Test func whoWalksOntoACoinHasIt() {
        var world = World()
        let id = world.join(name: "ann")!
        for _ in 0..<2000 where world.players[id]!.score == 0 {
            let place = world.players[id]!.place
            world.turn(id, to: place.direction(to: world.coins.first!))
            world.step()
        }
        #expect(world.players[id]!.score == 1)
        #expect(world.coins.count == World.coinCount)
    }

    @Test func theFieldTakesOnlySoMany() {
        var world = Self.filledWorld()
        #expect(world.join(name: "one more") == nil)
        world.leave(5)
        #expect(world.join(name: "one more") == 5)
    }
}
