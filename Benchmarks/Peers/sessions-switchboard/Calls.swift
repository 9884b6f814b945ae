import CallLoad
import Sessions
import Sockets

let payload = [UInt8](repeating: 0x61, count: 64)

func clientConfiguration() throws -> SessionClientConfiguration {
    var configuration = SessionClientConfiguration()
    configuration.loops = try EventLoopGroup(count: 1)
    return configuration
}

/// Calls over one session.
func calls(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let underWay: Int = words.number()
    let plan = Plan(&words)
    try await Session.connect(to: endpoint, clientConfiguration()) { session in
        try await measureCalls(plan, underWay: underWay) {
            let answer = try await session.call("echo", payload)
            guard answer == payload else { fail("another answer") }
        }
    }
}

/// Messages to an echo server over one connection, and back: each handed to the kernel by itself, or all
/// that may be sent at a time in one piece.
func rawEchoes(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let underWay: Int = words.number()
    let isBatched = words.take("batched")
    let plan = Plan(&words)
    let loops = try EventLoopGroup(count: 1)
    try await withTaskExecutorPreference(loops.next()) {
        try await StreamConnection.connect(to: endpoint, loops: loops) { connection in
            try await echo(over: connection, underWay, isBatched, Meter(plan))
        }
    }
}

private func echo(
    over connection: StreamConnection,
    _ underWay: Int,
    _ isBatched: Bool,
    _ meter: Meter
) async throws {
    let all = [UInt8](repeating: 0x61, count: payload.count * underWay)
    var latencies: [UInt64] = []
    // When each of those under way was sent: they come back in order.
    var begun = [UInt64](repeating: monotonicNanoseconds(), count: underWay)
    var next = 0
    var buffer = ByteBuffer()
    for _ in 0..<underWay { try await connection.send(payload) }
    while true {
        guard try await connection.receive(into: &buffer) > 0 else { fail("it ended") }
        let count = buffer.count / payload.count
        guard isEcho(buffer.bytes, of: all) else { fail("another echo") }
        buffer.consume(count * payload.count)
        for _ in 0..<count {
            let now = monotonicNanoseconds()
            guard let counts = meter.done(at: now) else {
                return meter.report(latencies: latencies)
            }
            if counts { latencies.append(now - begun[next]) }
            begun[next] = now
            next = (next + 1) % underWay
            if !isBatched { try await connection.send(payload) }
        }
        if isBatched, count > 0 {
            try await connection.send(Array(all[..<(count * payload.count)]))
        }
    }
}

/// Whether bytes are the first of what was sent.
private func isEcho(_ bytes: RawSpan, of sent: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { $0.elementsEqual(sent.prefix($0.count)) }
}
