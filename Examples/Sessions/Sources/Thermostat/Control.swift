import Console
import Sessions
import SessionsCodable
import Sockets

/// Heats every room that is too cold, and stops when it is too warm.
func control(on endpoint: Endpoint) async throws {
    var configuration = SessionServerConfiguration()
    configuration.authenticate = { request throws(Refusal) in
        guard !request.credentials.isEmpty else { throw Refusal(.refused, text: "which room?") }
        let name = String(decoding: request.credentials, as: UTF8.self)
        return SessionAdmission(SessionIdentity(name))
    }
    try await SessionServer.listen(on: [endpoint], configuration) { server in
        say("listening on \(Endpoint(server.localAddresses[0]))")
        try await server.serve { session in
            async let watching: Void = watch(session)
            var handlers = SessionHandlers()
            handlers.state("temperature") { readings in
                try await keepWarm(session, readings)
            }
            try await session.serve(handlers)
            try await watching
        }
    }
}

/// Calls the room when it is not between 19.5° and 20.5°.
private func keepWarm(_ session: Session, _ readings: StateReceiver) async throws {
    let room = session.identity
    var isHeated = false
    for try await case .value(_, let bytes, _) in readings {
        guard let tenths = Int(String(decoding: bytes, as: UTF8.self)) else { continue }
        let shouldHeat = isHeated ? tenths < 205 : tenths < 195
        guard shouldHeat != isHeated else { continue }
        do {
            let deadline = Deadline.after(.seconds(2))
            isHeated = try await session.call("heat", shouldHeat, as: Bool.self, by: deadline)
            say("\(room) has \(tenths / 10).\(tenths % 10)°, heating is \(isHeated ? "on" : "off")")
        } catch let error as SessionError where error.kind == .deadlinePassed {
            // The call will not run later either: the next reading decides anew.
            say("\(room) does not answer: \(error)")
        }
    }
}

/// Says when a room comes and goes.
private func watch(_ session: Session) async throws {
    for try await change in session.changes {
        switch change {
        case .attached(let isResumed): say("\(session.identity) is \(isResumed ? "back" : "here")")
        case .detached(let cause): say("\(session.identity) is away: \(cause)")
        case .draining: break
        case .ended: say("\(session.identity) has left")
        }
    }
}
