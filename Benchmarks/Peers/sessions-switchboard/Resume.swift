import CallLoad
import Glibc
import Sessions
import Sockets

/// A session whose line is cut once, while a message waits: says how long it took until the session was
/// attached again, and until the message had its receipt.
func resume(_ endpoint: Endpoint) async throws {
    try await Session.connect(to: endpoint, clientConfiguration()) { session in
        let log = try await session.log("log")
        try await log.send(payload)
        var changes = session.changes.makeAsyncIterator()
        print("ready")
        fflush(nil)
        while let change = try await changes.next() {
            if case .detached = change { break }
        }
        let begun = monotonicNanoseconds()
        async let receipt = log.send(payload)
        while let change = try await changes.next() {
            if case .attached(isResumed: true) = change { break }
        }
        let attached = monotonicNanoseconds()
        guard try await receipt == .delivered else { fail("it is lost") }
        let delivered = monotonicNanoseconds()
        print(
            "{\"attached_us\": \(Double(attached - begun) / 1e3),",
            "\"delivered_us\": \(Double(delivered - begun) / 1e3)}"
        )
        fflush(nil)
        _ = readLine()
    }
}
