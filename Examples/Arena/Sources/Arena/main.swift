import ArenaRules
import Foundation
import Sockets

// A small multiplayer game, over UDP or, with tcp:// or unix:, over sessions.
//
//     Arena serve [udp://HOST:PORT]
//     Arena play udp://HOST:PORT NAME
//     Arena bot udp://HOST:PORT NAME SECONDS [LOSS-PERCENTAGE]
//
// The endpoint may come from ARENA_ENDPOINT instead. Percentages are for UDP.

func words(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

func fail(_ text: String) -> Never {
    words("arena: \(text)")
    exit(1)
}

var arguments = Array(CommandLine.arguments.dropFirst())
let verb = arguments.isEmpty ? "" : arguments.removeFirst()
let fallback = ProcessInfo.processInfo.environment["ARENA_ENDPOINT"] ?? "udp://127.0.0.1:4242"
let endpoint: Endpoint
do { endpoint = try Endpoint(arguments.first ?? fallback) } catch { fail("\(error)") }
let name = arguments.count > 1 ? arguments[1] : "somebody"

/// Plays over what the endpoint says, until `decide` has no direction any more.
func play(loss: Int = 0, _ decide: (View) -> Direction?) async throws -> View {
    guard endpoint.scheme.isDatagram else {
        return try await visit(endpoint, name: name, decide)
    }
    return try await DatagramConnection.connect(to: endpoint) { connection in
        var visitor = Visitor(connection, name: name, weather: Weather(lossPercentage: loss))
        try await visitor.play(decide)
        return visitor.view
    }
}

switch verb {
case "serve" where !endpoint.scheme.isDatagram:
    do {
        try await Field.serve(on: endpoint) { words("listening on \($0)") }
    } catch {
        fail("\(error)")
    }
case "serve":
    do {
        try await DatagramSocket.bind(to: endpoint) { socket in
            words("listening on \(Endpoint(socket.localAddress, isDatagram: true))")
            var server = Server(socket)
            try await server.run()
        }
    } catch {
        fail("\(error)")
    }
case "play":
    guard isatty(STDIN_FILENO) == 1 else { fail("playing takes a terminal; a bot does not") }
    let screen = Screen()
    do {
        _ = try await play { view in
            screen.draw(view)
            return screen.direction
        }
        screen.end()
    } catch {
        screen.end()
        fail("\(error)")
    }
case "bot":
    guard let seconds = arguments.dropFirst(2).first.flatMap(Double.init) else {
        fail("how many seconds?")
    }
    let loss = arguments.dropFirst(3).first.flatMap { Int($0) } ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    let view: View
    do {
        view = try await play(loss: loss) { view in
            ContinuousClock.now < end ? nextMove(view.latest) : nil
        }
    } catch {
        fail("\(error)")
    }
    guard view.snapshots > 0 else { fail("nobody answered") }
    print("\(name): score \(view.score), \(view.snapshots) snapshots, \(view.lost) lost")
default:
    fail("serve, play or bot?")
}

/// To the nearest coin.
func nextMove(_ snapshot: Snapshot?) -> Direction {
    guard let snapshot, let me = snapshot.players.first(where: { $0.id == snapshot.you })?.place
    else { return .none }
    func distance(_ cell: Cell) -> Int {
        abs(Int(cell.x) - Int(me.x)) + abs(Int(cell.y) - Int(me.y))
    }
    let nearest = snapshot.coins.min { distance($0) < distance($1) }
    return nearest.map { me.direction(to: $0) } ?? .none
}
