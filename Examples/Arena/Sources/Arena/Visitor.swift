import ArenaRules
import Sockets

/// A player's end over UDP: says where it wants to go, 30 times a second.
struct Visitor {
    /// So long without a word from the server, and it is gone.
    private static let silenceLimit = Duration.seconds(5)

    let name: String
    private let connection: DatagramConnection
    private var weather: Weather
    private var pass: UInt64?
    private var number: UInt32 = 0
    private(set) var view = View()

    init(_ connection: DatagramConnection, name: String, weather: Weather) {
        self.connection = connection
        self.name = name
        self.weather = weather
    }

    /// Plays until `decide`, which is asked 30 times a second, has no direction any more.
    mutating func play(_ decide: (View) -> Direction?) async throws {
        let clock = ContinuousClock()
        var tick = clock.now
        var heard = tick
        var memory = [UInt8](repeating: 0, count: 1500)
        while let direction = decide(view) {
            try await say(direction)
            tick += .seconds(1) / World.ticksPerSecond
            while true {
                do throws(SocketError) {
                    let datagram = try await withDeadline(.at(tick)) {
                        () async throws(SocketError) in
                        try await connection.receive(into: &memory)
                    }
                    if weather.loses() { continue }
                    if let message = Message(memory.prefix(datagram.count)) {
                        heard = clock.now
                        take(message)
                    }
                } catch {
                    // Refused: nobody is there yet, or any more.
                    if error.code == .refused { continue }
                    guard error.code == .deadlinePassed else { throw error }
                    break
                }
                if isFull { throw PlayFailure.full }
            }
            if heard.duration(to: clock.now) > Self.silenceLimit { throw PlayFailure.silence }
        }
        if let pass { try? await connection.send(Message.leave(pass: pass).bytes) }
    }

    private var isFull = false

    private mutating func say(_ direction: Direction) async throws {
        number += 1
        let message: Message =
            pass.map { .input(pass: $0, name: name, number: number, direction) }
            ?? .hello(name: name)
        if weather.loses() { return }
        do throws(SocketError) {
            try await connection.send(message.bytes)
        } catch {
            // Refused is the answer to what was sent before; the next one may be heard.
            guard error.code == .refused else { throw error }
        }
    }

    private mutating func take(_ message: Message) {
        switch message {
        case .welcome(let pass): self.pass = pass
        case .full: isFull = true
        case .snapshot(let snapshot): view.take(snapshot)
        case .hello, .input, .leave: break  // not for players
        }
    }
}

/// Loses messages on purpose, so that a test sees the game bear it.
struct Weather {
    /// Of a hundred.
    let lossPercentage: Int

    mutating func loses() -> Bool { Int.random(in: 0..<100) < lossPercentage }
}
