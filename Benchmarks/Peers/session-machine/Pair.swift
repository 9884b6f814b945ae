import Glibc
import SessionProtocol

/// Both ends of a session, and what each has cost.
struct Pair {
    var client: SessionMachine
    var server: SessionMachine
    /// Whether each end's time is looked at.
    var isShared = false
    var clientTime: UInt64 = 0
    var serverTime: UInt64 = 0
    private var buffer: [UInt8] = []
    private var now = SessionInstant(microseconds: 1)

    /// Attached, and quiet.
    init() throws {
        var random = SystemRandomNumberGenerator()
        var client = SessionMachine(client: SessionTicket(using: &random))
        var bytes: [UInt8] = []
        let epoch = client.connected(now: now)
        client.output(into: &bytes, now: now)
        var reader = AttachReader()
        guard let request = try reader.receive(bytes.span.bytes) else { fatalError("no ATTACH") }
        var server = try SessionMachine(accepting: request, now: now)
        bytes.removeAll()
        server.output(into: &bytes, now: now)
        client.receive(bytes.span.bytes, epoch: epoch, now: now)
        self.client = client
        self.server = server
        carryToServer()
        while self.client.nextEvent() != nil {}
        while self.server.nextEvent() != nil {}
    }

    /// Monotonic time in nanoseconds, which is no system call; zero if nobody asks.
    private var time: UInt64 {
        guard isShared else { return 0 }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    mutating func atClient(_ work: (inout SessionMachine, SessionInstant) throws -> Void) rethrows {
        let start = time
        try work(&client, now)
        clientTime += time - start
    }

    mutating func atServer(_ work: (inout SessionMachine, SessionInstant) throws -> Void) rethrows {
        let start = time
        try work(&server, now)
        serverTime += time - start
    }

    /// An empty buffer with the room of the last one.
    private mutating func takeBuffer() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        bytes.removeAll(keepingCapacity: true)
        return bytes
    }

    /// What the client has to say goes to the server, until it has nothing to say.
    mutating func carryToServer() {
        now = now.advanced(byMicroseconds: 100)
        while client.hasOutput {
            let start = time
            var bytes = takeBuffer()
            client.output(into: &bytes, now: now)
            let middle = time
            server.receive(bytes.span.bytes, epoch: 1, now: now)
            clientTime += middle - start
            serverTime += time - middle
            buffer = bytes
        }
    }

    mutating func carryToClient() {
        now = now.advanced(byMicroseconds: 100)
        while server.hasOutput {
            let start = time
            var bytes = takeBuffer()
            server.output(into: &bytes, now: now)
            let middle = time
            client.receive(bytes.span.bytes, epoch: 1, now: now)
            serverTime += middle - start
            clientTime += time - middle
            buffer = bytes
        }
    }
}
