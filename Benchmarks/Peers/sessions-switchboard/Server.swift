import CallLoad
import Foundation
import Sessions
import Sockets
import Synchronization

/// The other end of everything measured here.
func serve(on endpoint: Endpoint) async throws {
    let latencies = Latencies()
    var handlers = SessionHandlers()
    handlers.reply("echo") { $0 }
    handlers.log("log") { log in
        for try await _ in log {}
    }
    handlers.log("timed") { log in
        for try await case .message(let message) in log { latencies.note(message.bytes) }
    }
    handlers.reply("latency") { _ in latencies.summary() }

    var configuration = SessionServerConfiguration()
    configuration.loops = try EventLoopGroup(count: 1)
    let known = handlers
    try await SessionServer.listen(on: [endpoint], configuration) { server in
        let address = server.localAddresses[0]
        FileHandle.standardError.write(Data("listening on tcp://\(address)\n".utf8))
        try await server.serve(known)
    }
}

/// How long messages were under way that say when they should have been sent.
private final class Latencies: Sendable {
    private let nanoseconds = Mutex<[UInt64]>([])

    func note(_ message: [UInt8]) {
        let now = monotonicNanoseconds()
        let sent = message.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        nanoseconds.withLock { $0.append(now - sent) }
    }

    /// `count p50 p99`, in microseconds.
    func summary() -> [UInt8] {
        let all = nanoseconds.withLock { $0 }
        guard let spread = Spread(all) else { return [] }
        return Array("\(all.count) \(spread.median) \(spread.percentile99)".utf8)
    }
}
