/// The game: players walk about a field and pick up coins.
///
/// Only the server's world counts. It takes one step a tick; what players want reaches it as the
/// latest direction of each, so a lost message costs a moment and nothing else.
package struct World: Sendable {
    /// The field, in cells.
    package static let width = 40
    package static let height = 16
    /// More players are turned away.
    ///
    /// Arbitrary: so many fit into one snapshot of 1,200 bytes.
    package static let playerLimit = 64
    package static let coinCount = 12
    package static let ticksPerSecond = 30
    /// A player takes a step every so many ticks: ten cells a second.
    static let ticksPerStep: UInt32 = 3

    package private(set) var tick: UInt32 = 0
    package private(set) var players: [UInt8: Player] = [:]
    package private(set) var coins: Set<Cell> = []
    private var random: any RandomNumberGenerator & Sendable

    package init(random: some RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.random = random
        while coins.count < Self.coinCount { coins.insert(freeCell()) }
    }

    /// Lets a player in; nil when the field is full.
    package mutating func join(name: String) -> UInt8? {
        guard players.count < Self.playerLimit,
            let id = (0...UInt8.max).first(where: { players[$0] == nil })
        else { return nil }
        players[id] = Player(name: name, place: freeCell())
        return id
    }

    package mutating func leave(_ id: UInt8) { players[id] = nil }

    package mutating func turn(_ id: UInt8, to direction: Direction) {
        players[id]?.direction = direction
    }

    /// One tick.
    package mutating func step() {
        tick &+= 1
        guard tick.isMultiple(of: Self.ticksPerStep) else { return }
        for id in players.keys.sorted() { move(id) }
    }

    private mutating func move(_ id: UInt8) {
        guard var player = players[id] else { return }
        player.place = player.place.neighbour(player.direction)
        if coins.remove(player.place) != nil {
            player.score &+= 1
            coins.insert(freeCell())
        }
        players[id] = player
    }

    private mutating func freeCell() -> Cell {
        while true {
            let cell = Cell(
                x: UInt8.random(in: 0..<UInt8(Self.width), using: &random),
                y: UInt8.random(in: 0..<UInt8(Self.height), using: &random)
            )
            if !coins.contains(cell), !players.values.contains(where: { $0.place == cell }) {
                return cell
            }
        }
    }
}

package struct Player: Hashable, Sendable {
    package var name: String
    package var place: Cell
    package var direction = Direction.none
    package var score: UInt16 = 0

    package init(name: String, place: Cell) {
        self.name = name
        self.place = place
    }
}

package struct Cell: Hashable, Sendable {
    package var x: UInt8
    package var y: UInt8

    package init(x: UInt8, y: UInt8) {
        self.x = x
        self.y = y
    }

    /// The next cell; walls stop.
    package func neighbour(_ direction: Direction) -> Cell {
        switch direction {
        case .none: self
        case .up: Cell(x: x, y: y == 0 ? 0 : y - 1)
        case .down: Cell(x: x, y: min(y + 1, UInt8(World.height - 1)))
        case .left: Cell(x: x == 0 ? 0 : x - 1, y: y)
        case .right: Cell(x: min(x + 1, UInt8(World.width - 1)), y: y)
        }
    }

    /// Where to go to get nearer to another cell.
    package func direction(to other: Cell) -> Direction {
        if other.x != x { return other.x > x ? .right : .left }
        if other.y != y { return other.y > y ? .down : .up }
        return .none
    }
}

package enum Direction: UInt8, Sendable, CaseIterable {
    case none, up, down, left, right
}
