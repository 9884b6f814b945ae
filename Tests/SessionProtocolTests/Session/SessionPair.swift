import Testing

@testable import SessionProtocol

/// Both ends of a session on a perfect connection, a step at a time.
struct SessionPair {
    var client: SessionMachine
    var server: SessionMachine
    var now = SessionInstant(microseconds: 1_000_000)
    private(set) var clientEvents: [SessionEvent] = []
    private(set) var serverEvents: [SessionEvent] = []
    /// How often bytes went one way or the other.
    private(set) var flightCount = 0

    /// Attached, and quiet.
    init(
        settings: SessionSettings = SessionSettings(),
        serverSettings: SessionSettings? = nil
    ) throws {
        client = SessionMachine(client: ExampleFrames.ticket, settings: settings)
        _ = client.connected(now: now)
        let request = try Self.request(of: &client, now)
        server = try SessionMachine(
            accepting: request,
            settings: serverSettings ?? settings,
            now: now
        )
        exchange()
        clientEvents = []
        serverEvents = []
    }

    /// What the client asks for on a new connection.
    static func request(
        of client: inout SessionMachine,
        _ now: SessionInstant
    ) throws -> AttachRequest {
        var bytes: [UInt8] = []
        client.output(into: &bytes, now: now)
        var reader = AttachReader()
        return try #require(try reader.receive(bytes.rawSpan))
    }

    /// Carries bytes both ways until both are silent.
    mutating func exchange() {
        while client.hasOutput || server.hasOutput {
            clientToServer()
            serverToClient()
        }
        collect()
    }

    mutating func clientToServer() {
        var bytes: [UInt8] = []
        client.output(into: &bytes, now: now)
        if !bytes.isEmpty { flightCount += 1 }
        server.receive(bytes.rawSpan, epoch: server.epoch, now: now)
        check()
    }

    mutating func serverToClient() {
        var bytes: [UInt8] = []
        server.output(into: &bytes, now: now)
        if !bytes.isEmpty { flightCount += 1 }
        client.receive(bytes.rawSpan, epoch: client.epoch, now: now)
        check()
    }

    private mutating func check() {
        client.checkInvariants()
        server.checkInvariants()
        collect()
    }

    mutating func collect() {
        while let event = client.nextEvent() { clientEvents.append(event) }
        while let event = server.nextEvent() { serverEvents.append(event) }
    }

    /// What happened at both ends since the last time this was asked.
    mutating func events() -> (client: [SessionEvent], server: [SessionEvent]) {
        collect()
        defer {
            clientEvents = []
            serverEvents = []
        }
        return (clientEvents, serverEvents)
    }

    mutating func disconnect() {
        client.disconnected(epoch: client.epoch, now: now)
        server.disconnected(epoch: server.epoch, now: now)
    }

    mutating func reconnect() throws {
        _ = client.connected(now: now)
        try server.resume(try Self.request(of: &client, now), now: now)
        exchange()
    }

    mutating func wait(milliseconds: UInt64) {
        now = now.advanced(byMicroseconds: milliseconds * 1_000)
        client.advance(to: now)
        server.advance(to: now)
    }

    /// Gives bytes to the server as if the client had sent them.
    mutating func forge(_ frames: Frame..., toClient: Bool = false) {
        var bytes: [UInt8] = []
        for frame in frames { frame.write(into: &bytes) }
        if toClient {
            client.receive(bytes.rawSpan, epoch: client.epoch, now: now)
        } else {
            server.receive(bytes.rawSpan, epoch: server.epoch, now: now)
        }
        check()
    }
}

extension Ledger {
    static func of(_ pair: SessionPair) -> [String] {
        balance(pair.client.ledger, pair.server.ledger)
    }
}
