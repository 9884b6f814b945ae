import CallLoad
import Foundation
import Sessions
import Sockets

/// Sessions of which each has had one answer, until the standard input ends.
///
/// A hundred are begun at a time: what is to be seen is what each takes that is idle, and not how many
/// were busy at once.
func hold(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let count: Int = words.number()
    words.end()
    guard count > 0 else { fail("no sessions to hold", status: 64) }
    let configuration = try clientConfiguration()
    // A loopback address has about 28,000 ports; nobody holds more here.
    try await withThrowingTaskGroup(of: Void.self) { group in
        let (answered, note) = AsyncThrowingStream.makeStream(of: Void.self)
        var answers = answered.makeAsyncIterator()
        for number in 1...count {
            group.addTask {
                do {
                    try await Session.connect(to: endpoint, configuration) { session in
                        _ = try await session.call("echo", payload)
                        note.yield()
                        try await session.loop.sleep(until: .never)
                    }
                } catch {
                    note.finish(throwing: error)
                }
            }
            if number % 100 == 0 {
                for _ in 0..<100 { _ = try await answers.next() }
            }
        }
        for _ in 0..<count % 100 { _ = try await answers.next() }
        print("held")
        fflush(nil)
        _ = readLine()
        group.cancelAll()
    }
}
