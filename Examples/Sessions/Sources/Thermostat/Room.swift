import Sessions
import SessionsCodable
import Sockets
import Synchronization

/// A room with a heater: it gets 0.1° colder, or warmer while it is heated, each time.
final class Room: Sendable {
    private struct State {
        var tenths = 200
        var isHeated = false
    }

    private let state = Mutex(State())

    func heat(_ isHeated: Bool) { state.withLock { $0.isHeated = isHeated } }

    /// Goes on for a moment, and says how warm it is then, in tenths of a degree.
    func step() -> Int {
        state.withLock { state in
            state.tenths += state.isHeated ? 1 : -1
            return state.tenths
        }
    }
}

/// The device: does what it is told, and tells how warm it is ten times a second.
func run(_ room: Room, named name: String, at endpoint: Endpoint) async throws {
    var configuration = SessionClientConfiguration()
    configuration.credentials = { Array(name.utf8) }
    // It may be switched on before the control room, and outlive it.
    configuration.firstAttach = .persistent
    configuration.renews = true

    try await Session.connect(to: endpoint, configuration) { session in
        async let serving: Void = obey(session, room)
        // Of the readings that could not be sent, only the latest matters.
        let readings = try await session.state("temperature")
        while session.ending == nil {
            try await readings.post("\(room.step())", key: "tenths")
            try await session.loop.sleep(until: .after(.milliseconds(100)))
        }
        try await serving
    }
}

/// What the control room may call.
private func obey(_ session: Session, _ room: Room) async throws {
    var handlers = SessionHandlers()
    handlers.reply("heat") { (isHeated: Bool) in
        room.heat(isHeated)
        return isHeated
    }
    try await session.serve(handlers)
}
