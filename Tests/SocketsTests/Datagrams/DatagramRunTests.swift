import TestSupport
import Testing

@testable import Sockets

struct DatagramRunTests {
    /// Sends datagrams as a batch and expects each of them, whole, in order and from the sender.
    private func expectArrival(
        of datagrams: [[UInt8]],
        from sender: DatagramSocket,
        to target: SocketAddress,
        at receiver: DatagramSocket
    ) async throws {
        var batch = DatagramBatch(capacity: max(1, datagrams.count), datagramSize: 4096)
        for bytes in datagrams {
            #expect(unsafe batch.append(bytes.span.bytes, to: target))
        }
        try await sender.send(&batch)
        let isSent = batch.isEmpty
        #expect(isSent)
        var memory = [UInt8](repeating: 0, count: 4096)
        for bytes in datagrams {
            let datagram = try await withDeadline(.after(.seconds(5))) {
                try await receiver.receive(into: &memory)
            }
            #expect(Array(memory[..<datagram.count]) == bytes)
            #expect(datagram.source.port == sender.localAddress.port)
        }
    }

    private func pattern(_ size: Int, _ number: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
    }

    @Test func datagramsOfEverySizeArriveWholeAndInOrder() async throws {
        let receiver = try DatagramSocket.bind(
            to: .v4(.loopback, port: 0),
            options: [.set(.receiveBufferSize, to: 4 << 20)]
        )
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let sizes = [
            [0], [1], [64, 64, 64], [64, 64, 10, 64, 64], [10, 64], [64, 0, 64], [0, 0, 0],
            [1200, 1200, 1200, 7], [100, 200, 300], Array(repeating: 1, count: 200),
            Array(repeating: 1400, count: 100), Array(repeating: 4096, count: 33),
        ]
        for list in sizes {
            try await expectArrival(
                of: list.enumerated().map { pattern($1, $0) },
                from: sender,
                to: receiver.localAddress,
                at: receiver
            )
        }
        let sent = sender.statistics()
        #expect(sent.sentCount == sizes.joined().count)
        #expect(sent.sentSize == sizes.joined().reduce(0, +))
    }

    @Test func whatIsSwitchedOffIsNotUsedAndTheSameArrives() async throws {
        let receiver = try DatagramSocket.bind(
            to: .v4(.loopback, port: 0),
            options: [.set(.receiveOffload, to: true)]
        )
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        // A receiver that takes several in one piece gets them so only if they were sent so.
        for isAllowed in [true, false] {
            var batch = DatagramBatch(capacity: 8, datagramSize: 4096)
            batch.allowsSegmentationOffload = isAllowed
            for _ in 0..<8 {
                let isAdded = unsafe batch.append(
                    "datagram".utf8Span.span.bytes,
                    to: receiver.localAddress
                )
                #expect(isAdded)
            }
            try await sender.send(&batch)
            var sizes: [Int] = []
            while sizes.reduce(0, +) < 64 {
                try await withDeadline(.after(.seconds(5))) {
                    try await receiver.receive(into: &batch)
                }
                for index in 0..<batch.count { sizes.append(batch.size(at: index)) }
            }
            #expect(sizes == (isAllowed ? [64] : Array(repeating: 8, count: 8)))
        }
    }

    @Test func peersInTurnGetTheirOwn() async throws {
        let receivers = try (0..<3).map { _ in try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        }
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let order = [0, 0, 1, 1, 1, 0, 2, 2, 1, 0]
        var batch = DatagramBatch(capacity: 16, datagramSize: 64)
        for (number, place) in order.enumerated() {
            let bytes = [UInt8(number)]
            #expect(unsafe batch.append(bytes.span.bytes, to: receivers[place].localAddress))
        }
        try await sender.send(&batch)
        var memory = [UInt8](repeating: 0, count: 64)
        for (place, receiver) in receivers.enumerated() {
            for number in order.indices where order[number] == place {
                let datagram = try await withDeadline(.after(.seconds(5))) {
                    try await receiver.receive(into: &memory)
                }
                #expect(datagram.size == 1 && memory[0] == UInt8(number))
            }
        }
    }

    @Test(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
    func datagramsLargerThanThePathTakesAreSentAllTheSame() async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect(
                "eth0",
                "10.9.0.1/24",
                to: hosts[1],
                "eth0",
                "10.9.0.2/24",
                mtu: 1000
            )
            let sender = try hosts[0].inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let receiver = try hosts[1].inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let target = SocketAddress(
                try IPAddress("10.9.0.2"),
                port: receiver.localAddress.port ?? 0
            )
            for size in [2000, 100] {
                try await expectArrival(
                    of: (0..<5).map { pattern(size, $0) },
                    from: sender,
                    to: target,
                    at: receiver
                )
            }
        }
    }

    @Test func anEchoGoesBackToEveryPeer() async throws {
        let server = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let clients = try (0..<4).map { _ in try DatagramSocket.bind(to: .v4(.loopback, port: 0)) }
        for (number, client) in clients.enumerated() {
            for _ in 0...number { try await client.send("from \(number)", to: server.localAddress) }
        }
        var batch = DatagramBatch(capacity: 32, datagramSize: 64)
        var count = 0
        while count < 10 {
            try await withDeadline(.after(.seconds(5))) { try await server.receive(into: &batch) }
            count += batch.count
            try await server.send(&batch)
        }
        var memory = [UInt8](repeating: 0, count: 64)
        for (number, client) in clients.enumerated() {
            for _ in 0...number {
                let datagram = try await withDeadline(.after(.seconds(5))) {
                    try await client.receive(into: &memory)
                }
                #expect(Array(memory[..<datagram.count]) == Array("from \(number)".utf8))
            }
        }
    }
}
