import CallLoad
import Foundation
import Sessions
import Sockets

/// Sessions of which each has had one answer, until the standard input ends.
func hold(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let count: Int = words.number()
    words.end()
    let configuration = try clientConfiguration()
    // A loopback address has about 28,000 ports; nobody holds more here.
    try await withThrowingTaskGroup(of: Void.self) { group in
        let (answered, note) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<count {
            group.addTask {
                try await Session.connect(to: endpoint, configuration) { session in
                    _ = try await session.call("echo", payload)
                    note.yield()
                    try await session.loop.sleep(until: .never)
                }
            }
        }
        group.addTask {
            var open = 0
            for await _ in answered {
                open += 1
                if open == count { break }
            }
            print("held")
            fflush(nil)
            _ = readLine()
        }
        try await group.next()
        group.cancelAll()
        while let result = await group.nextResult() { _ = result }
    }
}
