import ArenaRules
import Foundation
import Synchronization

/// The terminal of a person who plays: keys in, a picture out.
///
/// Used of the terminal: raw mode, home (CSI H), erase below (CSI J), hide and show the cursor
/// (CSI ?25l, ?25h).
final class Screen: Sendable {
    /// What the last key said; nil once the player wants to leave.
    var direction: Direction? { Direction(rawValue: wish.load(ordering: .relaxed)) }
    private let wish = Atomic<UInt8>(Direction.none.rawValue)
    private static let leaving = UInt8.max

    /// Begins to read keys, on a thread of its own: reading a terminal blocks.
    init() {
        var mode = termios()
        tcgetattr(STDIN_FILENO, &mode)
        let before = mode
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
        self.before = before
        write("\u{1B}[?25l\u{1B}[2J")
        Thread.detachNewThread { self.readKeys() }
    }

    private let before: termios

    /// Makes the terminal what it was.
    func end() {
        var mode = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
        write("\u{1B}[?25h\n")
    }

    private func readKeys() {
        var key = UInt8(0)
        while read(STDIN_FILENO, &key, 1) == 1 {
            let direction: Direction? =
                switch key {
                case UInt8(ascii: "w"), UInt8(ascii: "A"): .up  // "A" ends the arrow's CSI A
                case UInt8(ascii: "s"), UInt8(ascii: "B"): .down
                case UInt8(ascii: "a"), UInt8(ascii: "D"): .left
                case UInt8(ascii: "d"), UInt8(ascii: "C"): .right
                case UInt8(ascii: " "): Direction.none
                case UInt8(ascii: "q"), 3, 4: nil  // ^C, ^D
                default: self.direction
                }
            wish.store(direction?.rawValue ?? Self.leaving, ordering: .relaxed)
        }
        wish.store(Self.leaving, ordering: .relaxed)
    }

    /// Shows the world as a player sees it.
    func draw(_ view: View) {
        guard let snapshot = view.latest else {
            return write("waiting for the server …\r\n")
        }
        var rows = [[Character]](
            repeating: [Character](repeating: "·", count: World.width),
            count: World.height
        )
        for coin in snapshot.coins { rows[Int(coin.y)][Int(coin.x)] = "$" }
        for player in snapshot.players {
            let initial = view.names[player.id]?.first ?? "?"
            rows[Int(player.place.y)][Int(player.place.x)] =
                player.id == snapshot.you ? "@" : initial
        }
        var text = rows.map { String($0) + "\r\n" }.joined()
        for player in snapshot.players.sorted(by: { $0.score > $1.score }).prefix(5) {
            text += "\(player.score)  \(view.names[player.id] ?? "…")\r\n"
        }
        text += "arrows or wasd, q leaves; \(view.lost) snapshots lost, \(view.late) late\r\n"
        write(text)
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(("\u{1B}[H" + text + "\u{1B}[J").utf8))
    }
}
