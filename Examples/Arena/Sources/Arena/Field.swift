import ArenaRules
import Sessions
import Sockets

/// The authority over sessions.
///
/// Who a player is, whether it is still there, that a late direction is none and that of snapshots only
/// the latest counts: what ``Server`` does itself, a session's channels do here.
actor Field {
    private var world = World()
    private var players: [UInt8: StateSender] = [:]

    static func serve(on endpoint: Endpoint, _ ready: (Endpoint) -> Void) async throws {
        var configuration = SessionServerConfiguration()
        // Who has not been heard of for so long has left: three seconds.
        configuration.settings.timing.keep = 3_000
        configuration.authenticate = { request throws(Refusal) in
            guard case .hello(let name)? = Message(request.credentials) else {
                throw Refusal(.malformed, text: "no name")
            }
            return SessionAdmission(SessionIdentity(name))
        }
        let field = Field()
        try await SessionServer.listen(on: [endpoint], configuration) { server in
            ready(Endpoint(server.localAddresses[0]))
            async let serving: Void = server.serve { try await field.admit($0) }
            try await field.run()
            try await serving
        }
    }

    private func admit(_ session: Session) async throws {
        guard let id = world.join(name: session.identity.name) else { return }
        defer {
            players[id] = nil
            world.leave(id)
        }
        players[id] = try await session.state("world")
        guard case .datagrams(let inputs)? = try await session.incoming.next() else { return }
        for try await case .message(let input) in inputs {
            if let direction = input.bytes.first.flatMap(Direction.init) {
                world.turn(id, to: direction)
            }
        }
    }

    private func run() async throws {
        var tick = ContinuousClock.now
        while true {
            tick += .seconds(1) / World.ticksPerSecond
            try await EventLoopGroup.shared.next().sleep(until: .at(tick))
            world.step()
            for (id, player) in players {
                let message = Message.snapshot(Snapshot(of: world, for: id))
                try? await player.post(message.bytes, key: "world")
            }
        }
    }
}
