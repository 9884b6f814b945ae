import ArenaRules
import Sessions
import Sockets

/// A player's end over a session, until `decide`, which is asked 30 times a second, has no direction
/// any more.
///
/// Nothing is repeated, numbered or timed here: a cut line is the session's business.
func visit(
    _ endpoint: Endpoint,
    name: String,
    _ decide: (View) -> Direction?
) async throws -> View {
    var configuration = SessionClientConfiguration()
    configuration.credentials = { Message.hello(name: name).bytes }
    return try await Session.connect(to: endpoint, configuration) { session in
        let inputs = try await session.datagrams("inputs")
        guard case .state(let world)? = try await session.incoming.next() else {
            throw PlayFailure.full
        }
        var view = View()
        var tick = ContinuousClock.now
        while let direction = decide(view) {
            try inputs.send([direction.rawValue])
            tick += .seconds(1) / World.ticksPerSecond
            do {
                try await withDeadline(.at(tick)) {
                    while case .value(_, let bytes, _)? = try await world.next() {
                        if case .snapshot(let snapshot)? = Message(bytes) { view.take(snapshot) }
                    }
                }
                throw PlayFailure.silence  // the field was closed
            } catch let error as SessionError where error.kind == .deadlinePassed {
                // It is time for the next direction.
            }
        }
        return view
    }
}
