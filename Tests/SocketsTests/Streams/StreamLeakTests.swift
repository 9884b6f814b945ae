import Sockets
import SocketsTesting
import Testing

/// No operation leaks a descriptor, whenever it is cancelled.
///
/// Each test is a process of its own, because descriptors belong to the whole process.
@Suite("No descriptor leaks when cancelled while")
struct StreamLeakTests {
    @Test func connectingAndAccepting() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
                defer { listener.close() }
                let endpoint = Endpoint(listener.localAddress)
                try await forEachCancellation { random in
                    let accepting = Task { try await listener.accept().close() }
                    let connecting = Task {
                        try await StreamConnection.connect(to: endpoint).close()
                    }
                    await cancel([accepting, connecting], at: &random)
                }
            }
        }
    }

    @Test func racingNamesAndUnansweredAddresses() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let listener = try await StreamListener.listen(on: "localhost:0")
                defer { listener.close() }
                let named = try Endpoint("localhost:\(listener.localAddress.port ?? 0)")
                // TEST-NET-1 (RFC 5737): nobody answers, or there is no route.
                let silent = Endpoint("192.0.2.1:9")
                try await forEachCancellation { random in
                    let tasks = [named, silent].map { endpoint in
                        Task { try await StreamConnection.connect(to: endpoint).close() }
                    }
                    await cancel(tasks, at: &random)
                }
            }
        }
    }

    @Test func receivingAndSending() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await forEachCancellation { random in
                    let (a, b) = try StreamConnection.pair()
                    let receiving = Task {
                        defer { a.close() }
                        var buffer = ByteBuffer()
                        while try await a.receive(into: &buffer) > 0 {}
                    }
                    let sending = Task {
                        defer { b.close() }
                        while true { try await b.send([UInt8](repeating: 1, count: 100_000)) }
                    }
                    await cancel([receiving, sending], at: &random)
                }
            }
        }
    }

    @Test func nobodyClosesTheConnections() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await forEachCancellation { random in
                    let (a, b) = try StreamConnection.pair()
                    let receiving = Task {
                        var buffer = ByteBuffer()
                        _ = try await a.receive(into: &buffer)
                    }
                    let sending = Task { try await b.send([UInt8](repeating: 1, count: 10)) }
                    await cancel([receiving, sending], at: &random)
                }
            }
        }
    }

    @Test func servingManyClients() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await forEachCancellation(count: 60) { random in
                    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
                    let endpoint = Endpoint(listener.localAddress)
                    let serving = Task {
                        defer { listener.close() }
                        try await listener.serve { connection in
                            var buffer = ByteBuffer()
                            while try await connection.receive(into: &buffer) > 0 {
                                try await connection.send(&buffer)
                            }
                        }
                    }
                    let clients = (0..<4).map { _ in
                        Task {
                            try await StreamConnection.connect(to: endpoint) { connection in
                                while true {
                                    try await connection.send("hello")
                                    var buffer = ByteBuffer()
                                    _ = try await connection.receive(into: &buffer)
                                }
                            }
                        }
                    }
                    await cancel([serving] + clients, at: &random)
                }
            }
        }
    }
}
