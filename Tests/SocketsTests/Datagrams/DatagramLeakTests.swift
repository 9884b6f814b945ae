import Sockets
import SocketsTesting
import Testing

/// No operation leaks a descriptor, whenever it is cancelled.
@Suite("No datagram socket leaks when cancelled while")
struct DatagramLeakTests {
    @Test func bindingAndConnectingByName() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await forEachCancellation { random in
                    let tasks = [
                        Task { try await DatagramSocket.bind(to: "udp://localhost:0") { _ in } },
                        Task {
                            try await DatagramConnection.connect(to: "udp://localhost:9") { _ in }
                        },
                        Task { try await DatagramConnection.connect(to: "udp://[::1]:9").close() },
                    ]
                    await cancel(tasks, at: &random)
                }
            }
        }
    }

    @Test func receivingSendingAndWaitingForErrors() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await forEachCancellation(count: 100) { random in
                    let places: [SocketAddress] = [.v4(.loopback, port: 0), .unix(.unnamed)]
                    let place = places[Int.random(in: 0...1, using: &random)]
                    let a = try DatagramSocket.bind(to: place)
                    let b = try DatagramSocket.bind(to: place)
                    let (c, d) = try DatagramConnection.pair()
                    let tasks = [
                        Task {
                            var memory = [UInt8](repeating: 0, count: 100)
                            while true { _ = try await a.receive(into: &memory) }
                        },
                        Task { while true { try await b.send("data", to: a.localAddress) } },
                        Task {
                            var batch = DatagramBatch(capacity: 4, datagramSize: 100)
                            while true { try await b.receive(into: &batch) }
                        },
                        Task {
                            var batch = DatagramBatch(capacity: 4, datagramSize: 100)
                            while true {
                                while batch.append([1, 2, 3], to: b.localAddress) {}
                                try await a.send(&batch)
                            }
                        },
                        Task { _ = try await a.receiveError() },
                        // Nobody receives: it waits for room.
                        Task {
                            while true { try await c.send([UInt8](repeating: 1, count: 5000)) }
                        },
                        Task { _ = try await c.receiveText() },
                    ]
                    await cancel(tasks, at: &random)
                    // Closed by a call, or because nothing refers to them any more.
                    if random.oneIn(2) {
                        a.close()
                        d.close()
                    }
                }
            }
        }
    }

    @Test func scopesThatThrow() async {
        await #expect(processExitsWith: .success) {
            struct Failure: Error {}
            try await withLeakCheck {
                for _ in 0..<50 {
                    try? await DatagramSocket.bind(to: "udp://127.0.0.1:0") { _ in throw Failure() }
                    try? await DatagramConnection.connect(to: "udp://127.0.0.1:9") { _ in
                        throw Failure()
                    }
                    // Options that the kernel refuses, and phases that are left.
                    _ = try? DatagramSocket.create(.ipv4, options: [.set(.hopLimit, to: 100_000)])
                    _ = try DatagramSocket.create(.ipv6)
                    _ = try? DatagramSocket.create(.ipv4).bind(to: .v6(.loopback, port: 0))
                    _ = try? DatagramSocket.create(.unix).connect(to: .v4(.loopback, port: 1))
                }
            }
        }
    }
}

extension DatagramBatch {
    fileprivate mutating func append(_ bytes: [UInt8], to address: SocketAddress) -> Bool {
        unsafe append(bytes.span.bytes, to: address)
    }
}
