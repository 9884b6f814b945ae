/// What is said, one message a datagram: two bytes of mark, one of version, one of kind, then the
/// fields in the order below, numbers in network byte order.
package enum Message: Equatable, Sendable {
    /// To the server, until it answers: let me in. Padded, so that an answer is never longer than
    /// the question: nobody can be flooded in somebody else's name.
    case hello(name: String)
    /// To the player: come with this pass, which proves that the address is yours.
    case welcome(pass: UInt64)
    /// To the server, all the time: where I want to go. A smaller number is an older message.
    case input(pass: UInt64, name: String, number: UInt32, Direction)
    /// To the player, 30 times a second: everything. A smaller tick is an older message.
    case snapshot(Snapshot)
    /// To the player: the field is full.
    case full
    /// To the server: bye.
    case leave(pass: UInt64)

    /// Names are cut to so many bytes of UTF-8.
    package static let nameLimit = 16
    private static let mark: [UInt8] = [0x41, 0x52, 1]  // "AR", version 1
    private static let helloSize = 32

    package var bytes: [UInt8] {
        var writer = Writer(bytes: Self.mark)
        switch self {
        case .hello(let name):
            writer.write(UInt8(1))
            writer.write(name)
            writer.bytes += [UInt8](
                repeating: 0,
                count: max(0, Self.helloSize - writer.bytes.count)
            )
        case .welcome(let pass):
            writer.write(UInt8(2))
            writer.write(pass)
        case .input(let pass, let name, let number, let direction):
            writer.write(UInt8(3))
            writer.write(pass)
            writer.write(name)
            writer.write(number)
            writer.write(direction.rawValue)
        case .snapshot(let snapshot):
            writer.write(UInt8(4))
            snapshot.write(to: &writer)
        case .full: writer.write(UInt8(5))
        case .leave(let pass):
            writer.write(UInt8(6))
            writer.write(pass)
        }
        return writer.bytes
    }

    /// Nil for anything that is not a message: it came from anywhere.
    package init?(_ bytes: some Collection<UInt8>) {
        var reader = Reader(bytes: Array(bytes))
        guard reader.bytes.starts(with: Self.mark) else { return nil }
        reader.position = Self.mark.count
        switch reader.read(UInt8.self) {
        case 1:
            guard let name = reader.readText(), reader.bytes.count >= Self.helloSize else {
                return nil
            }
            self = .hello(name: name)
        case 2:
            guard let pass = reader.read(UInt64.self) else { return nil }
            self = .welcome(pass: pass)
        case 3:
            guard let pass = reader.read(UInt64.self), let name = reader.readText(),
                let number = reader.read(UInt32.self),
                let direction = reader.read(UInt8.self).flatMap(Direction.init)
            else { return nil }
            self = .input(pass: pass, name: name, number: number, direction)
        case 4:
            guard let snapshot = Snapshot(&reader) else { return nil }
            self = .snapshot(snapshot)
        case 5: self = .full
        case 6:
            guard let pass = reader.read(UInt64.self) else { return nil }
            self = .leave(pass: pass)
        default: return nil
        }
    }
}

/// The world as one player is told of it.
package struct Snapshot: Equatable, Sendable {
    package struct Seen: Equatable, Sendable {
        package var id: UInt8
        package var place: Cell
        package var score: UInt16
    }

    package var tick: UInt32
    /// Who the receiver is.
    package var you: UInt8
    package var players: [Seen]
    package var coins: [Cell]
    /// The name of one of the players, in turn, so that a snapshot stays small: who joins late has
    /// heard them all after a moment.
    package var named: UInt8
    package var name: String

    package init(of world: World, for you: UInt8) {
        tick = world.tick
        self.you = you
        let all = world.players.sorted { $0.key < $1.key }
        players = all.map { Seen(id: $0.key, place: $0.value.place, score: $0.value.score) }
        coins = world.coins.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
        let turn = all.isEmpty ? nil : all[Int(world.tick) % all.count]
        named = turn?.key ?? you
        name = turn?.value.name ?? ""
    }

    func write(to writer: inout Writer) {
        writer.write(tick)
        writer.write(you)
        writer.write(named)
        writer.write(name)
        writer.write(UInt8(players.count))
        for player in players {
            writer.write(player.id)
            writer.write(player.place)
            writer.write(player.score)
        }
        writer.write(UInt8(coins.count))
        for coin in coins { writer.write(coin) }
    }

    init?(_ reader: inout Reader) {
        guard let tick = reader.read(UInt32.self), let you = reader.read(UInt8.self),
            let named = reader.read(UInt8.self), let name = reader.readText(),
            let playerCount = reader.read(UInt8.self), playerCount <= World.playerLimit
        else { return nil }
        (self.tick, self.you, self.named, self.name) = (tick, you, named, name)
        (players, coins) = ([], [])
        for _ in 0..<playerCount {
            guard let id = reader.read(UInt8.self), let place = reader.readCell(),
                let score = reader.read(UInt16.self)
            else { return nil }
            players.append(Seen(id: id, place: place, score: score))
        }
        guard let coinCount = reader.read(UInt8.self), coinCount <= World.coinCount else {
            return nil
        }
        for _ in 0..<coinCount {
            guard let coin = reader.readCell() else { return nil }
            coins.append(coin)
        }
    }
}
