import Sockets
import Testing

struct DatagramMetadataTests {
    private static let all: DatagramMetadata.Kinds = [
        .localAddress, .hopLimit, .trafficClass, .receiveTime, .droppedCount,
    ]

    @Test func repliesComeFromTheAddressThatWasAsked() async throws {
        let server = try DatagramSocket.bind(to: .v4(.any, port: 0), metadata: .localAddress)
        let port = try #require(server.localAddress.port)
        let client = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        for text in ["127.0.0.1", "127.0.0.2", "127.1.2.3"] {
            let address = SocketAddress(try IPAddress(text), port: port)
            // One by one, and in a batch.
            try await client.send("one", to: address)
            let (_, datagram) = try await server.receiveText()
            try await server.send("yes", to: datagram.source, metadata: datagram.metadata.reply)
            #expect(try await client.receiveText().1.source == address)
            try await client.send("two", to: address)
            var batch = DatagramBatch(capacity: 4, datagramSize: 100)
            try await server.receive(into: &batch)
            #expect(batch.metadata(at: 0).localAddress == address.ip)
            try await server.send(&batch)
            #expect(try await client.receiveText().1.source == address)
        }
    }

    @Test func aDualStackSocketReportsAndSetsEverythingForBothFamilies() async throws {
        let server = try DatagramSocket.bind(
            to: .v6(.any, port: 0),
            metadata: Self.all,
            options: [.set(.ipv6Only, to: false), .set(.receiveOffload, to: true)]
        )
        let port = try #require(server.localAddress.port)
        let traffic = TrafficClass(differentiatedServices: 10, congestion: .capable1)
        for target: IPAddress in [.v4(.loopback), .v6(.loopback)] {
            let client = try DatagramSocket.bind(
                to: SocketAddress(target, port: 0),
                metadata: Self.all
            )
            let way = DatagramMetadata(hopLimit: 9, trafficClass: traffic)
            // Several in one piece, so that every control message there is comes at once.
            var both = way
            both.segmentSize = 4
            try await unsafe client.send(
                "abcdefgh".utf8Span.span.bytes,
                to: SocketAddress(target, port: port),
                metadata: both
            )
            let (text, datagram) = try await server.receiveText(size: 65_535)
            let metadata = datagram.metadata
            #expect(text.hasPrefix("abcd"))
            #expect(metadata.localAddress == target && metadata.destination == target)
            #expect(metadata.hopLimit == 9 && metadata.trafficClass == traffic)
            #expect(metadata.receiveTime != nil && metadata.interfaceIndex == 1)
            try await server.send("back", to: datagram.source, metadata: way)
            let back = try await client.receiveText().1.metadata
            #expect(back.hopLimit == 9 && back.trafficClass == traffic, "to \(target)")
            // In a batch the same.
            var batch = DatagramBatch(capacity: 1, datagramSize: 100)
            #expect(
                unsafe batch.append(
                    "batch".utf8Span.span.bytes,
                    to: datagram.source,
                    metadata: way
                )
            )
            try await server.send(&batch)
            let third = try await client.receiveText().1.metadata
            #expect(third.hopLimit == 9 && third.trafficClass == traffic, "batch to \(target)")
        }
    }

    @Test(arguments: [SocketAddress.v4(.loopback, port: 0), .v6(.loopback, port: 0)])
    func aBatchOfAConnectionIsSentAsItsMetadataSays(_ place: SocketAddress) async throws {
        let peer = try DatagramSocket.bind(to: place, metadata: Self.all)
        let connection = try DatagramSocket.create(place.family).connect(to: peer.localAddress)
        var batch = DatagramBatch(capacity: 1, datagramSize: 10)
        let way = DatagramMetadata(
            interfaceIndex: 1,
            hopLimit: 5,
            trafficClass: .init(rawValue: 40)
        )
        #expect(unsafe batch.append("x".utf8Span.span.bytes, metadata: way))
        try await connection.send(&batch)
        let metadata = try await peer.receiveText().1.metadata
        #expect(metadata.hopLimit == 5 && metadata.trafficClass?.rawValue == 40)
    }

    @Test func timesAreTheSystemsClockAndGrow() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0), metadata: .receiveTime)
        var last = Duration.zero
        for _ in 0..<10 {
            try await socket.send("x", to: socket.localAddress)
            let time = try #require(try await socket.receiveText().1.metadata.receiveTime)
            #expect(time >= last)
            last = time
        }
        // 2020-01-01 to 2100-01-01.
        #expect((.seconds(1_577_836_800)...(.seconds(4_102_444_800))).contains(last))
    }

    @Test func droppedDatagramsAreCounted() async throws {
        let socket = try DatagramSocket.bind(
            to: .v4(.loopback, port: 0),
            metadata: .droppedCount,
            options: [.set(.receiveBufferSize, to: 4096)]
        )
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<100 { try await sender.send(text, to: socket.localAddress) }
        var received = 0
        var batch = DatagramBatch(capacity: 100, datagramSize: 1000)
        try await socket.receive(into: &batch)
        received += batch.count
        #expect(received < 100)
        // The count comes with a datagram that was queued after the drops.
        try await sender.send("last", to: socket.localAddress)
        let (last, datagram) = try await socket.receiveText()
        #expect(last == "last")
        #expect(datagram.metadata.droppedCount == UInt32(100 - received))
    }

    @Test func anOrdinarySocketReportsNothing() async throws {
        let socket = try DatagramSocket.bind(to: .v6(.loopback, port: 0))
        try await socket.send("x", to: socket.localAddress)
        #expect(try await socket.receiveText().1.metadata == DatagramMetadata())
    }
}
