import Glibc
import Sockets
import SocketsTesting
import Testing

/// Each in a process of its own: descriptors belong to the whole process.
@Suite("A leak check")
struct LeakCheckTests {
    @Test func passesWhatClosesEverything() async {
        await #expect(processExitsWith: .success) {
            let found = try await withLeakCheck {
                let (a, b) = try StreamConnection.pair()
                try await a.send("x")
                var buffer = ByteBuffer()
                let count = try await b.receive(into: &buffer)
                a.close()
                b.close()
                return count
            }
            #expect(found == 1)
        }
    }

    @Test func namesWhatWasLeftOpen() async {
        await #expect(processExitsWith: .success) {
            let leak = await #expect(throws: LeakFound.self) {
                try await withLeakCheck(settlingLimit: .milliseconds(20)) {
                    _ = unsafe open("/dev/null", O_RDONLY)
                    _ = socket(AF_INET, 1, 0)
                }
            }
            #expect(leak?.descriptors.map(\.target).contains("/dev/null") == true)
            #expect(leak?.description.contains("IPv4 stream") == true)
            #expect(leak?.descriptors.count == 2)
        }
    }

    @Test func namesTheLoopThatStillLooksAfterASocket() async {
        await #expect(processExitsWith: .success) {
            let leak = await #expect(throws: LeakFound.self) {
                try await withLeakCheck(settlingLimit: .milliseconds(20)) {
                    let (a, b) = try StreamConnection.pair()
                    Task {
                        var buffer = ByteBuffer()
                        _ = try await b.receive(into: &buffer)
                        a.close()
                    }
                    // Until it waits, which it will for ever.
                    while EventLoopGroup.shared.loops.allSatisfy({
                        $0.statistics().registeredSockets == 0
                    }) { await Task.yield() }
                }
            }
            #expect(leak?.registrations.first?.count == 1)
            #expect(leak?.description.contains("loop-") == true)
        }
    }

    @Test func throwsTheErrorOfTheCodeUnchanged() async {
        struct Own: Error {}
        await #expect(throws: Own.self) { try await withLeakCheck { throw Own() } }
    }
}
