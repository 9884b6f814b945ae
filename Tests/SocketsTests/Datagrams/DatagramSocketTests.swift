import Sockets
import SocketsTesting
import Testing

struct DatagramSocketTests {
    private static let places: [SocketAddress] = [
        .v4(.loopback, port: 0), .v6(.loopback, port: 0), .unix(.unnamed),
    ]

    @Test(arguments: places)
    func sendsToAnyoneAndSaysWhoItIsFrom(_ place: SocketAddress) async throws {
        let one = try DatagramSocket.bind(to: place)
        let other = try DatagramSocket.bind(to: place)
        try await one.send("hello", to: other.localAddress)
        let (text, datagram) = try await receive(other)
        #expect(text == "hello")
        #expect(datagram.source == one.localAddress)
        #expect(datagram.size == 5 && !datagram.isTruncated)
    }

    @Test(arguments: places)
    func saysTheRealSizeOfATruncatedDatagram(_ place: SocketAddress) async throws {
        let one = try DatagramSocket.bind(to: place)
        let other = try DatagramSocket.bind(to: place)
        try await one.send(String(repeating: "x", count: 5000), to: other.localAddress)
        let (text, datagram) = try await receive(other, size: 10)
        #expect(text == "xxxxxxxxxx")
        #expect(datagram.size == 5000 && datagram.isTruncated)
        #expect(other.statistics().truncatedCount == 1)
    }

    @Test(arguments: places)
    func aBatchGoesBackToWhereItCameFrom(_ place: SocketAddress) async throws {
        let server = try DatagramSocket.bind(to: place)
        let clients = try (0..<3).map { _ in try DatagramSocket.bind(to: place) }
        for (index, client) in clients.enumerated() {
            try await client.send("from \(index)", to: server.localAddress)
        }
        var batch = DatagramBatch(capacity: 8, datagramSize: 100)
        var count = 0
        while count < 3 {
            try await server.receive(into: &batch)
            count += batch.count
            try await server.send(&batch)
            #expect(batch.count == 0)
        }
        for (index, client) in clients.enumerated() {
            #expect(try await receive(client).0 == "from \(index)")
        }
    }

    @Test func anICMPErrorIsReportedAndEndsNothing() async throws {
        let nobody = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let address = nobody.localAddress
        nobody.close()
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        try await socket.send("anybody?", to: address)
        let error = try await withDeadline(.after(.seconds(5))) { try await socket.receiveError() }
        #expect(error.code == .refused)
        #expect(error.destination == address)
        #expect(error.reporter == .v4(.loopback))
        #expect(error.isPortUnreachable)
        #expect(error.payload == Array("anybody?".utf8))
        try await socket.send("me", to: socket.localAddress)
        #expect(try await receive(socket).0 == "me")
    }

    @Test func aConnectionThrowsItsPeersErrorOnceAndGoesOn() async throws {
        let peer = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let address = peer.localAddress
        peer.close()
        let connection = try DatagramSocket.create(.ipv4).connect(to: address)
        try await connection.send("anybody?")
        let error = await #expect(throws: SocketError.self) {
            try await withDeadline(.after(.seconds(5))) { try await connection.receiveText() }
        }
        #expect(error?.code == .refused)
        #expect(error.map { "\($0)" }?.contains("udp") == true)
        let again = try DatagramSocket.bind(to: address)
        try await connection.send("now?")
        #expect(try await receive(again).0 == "now?")
    }

    @Test func anOversizeSendNamesTheLimit() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let bytes = [UInt8](repeating: 0, count: 65_508)
        let error = await #expect(throws: SocketError.self) {
            try await unsafe socket.send(bytes.span.bytes, to: socket.localAddress)
        }
        #expect(error?.code == .messageTooLarge)
        #expect(error?.detail?.contains("65507") == true)
    }

    @Test func segmentsAreCutAndPutTogetherByTheKernel() async throws {
        let options: [SocketSetting] = [.set(.receiveOffload, to: true)]
        let receiver = try DatagramSocket.bind(to: .v4(.loopback, port: 0), options: options)
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        #expect(sender.statistics().hasSegmentationOffload)
        #expect(receiver.statistics().hasReceiveOffload)
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }
        try await unsafe sender.send(
            bytes.span.bytes,
            to: receiver.localAddress,
            metadata: DatagramMetadata(segmentSize: 3000)
        )
        var batch = DatagramBatch(capacity: 8, datagramSize: 65_535)
        var received: [[UInt8]] = []
        while received.map(\.count).reduce(0, +) < bytes.count {
            try await receiver.receive(into: &batch)
            batch.forEachDatagram { span, _ in
                received.append(unsafe span.withUnsafeBytes { unsafe Array($0) })
            }
        }
        #expect(received.map(\.count) == [3000, 3000, 3000, 1000])
        #expect(received.flatMap { $0 } == bytes)
    }

    @Test func metadataComesAndGoes() async throws {
        for place in [SocketAddress.v4(.any, port: 0), .v6(.any, port: 0)] {
            let all: DatagramMetadata.Kinds = [
                .localAddress, .hopLimit, .trafficClass, .receiveTime, .droppedCount,
            ]
            let server = try DatagramSocket.bind(to: place, metadata: all)
            let port = try #require(server.localAddress.port)
            let target: IPAddress = place.family == .ipv4 ? .v4(.loopback) : .v6(.loopback)
            let client = try DatagramSocket.bind(to: SocketAddress(target, port: 0))
            let traffic = TrafficClass(differentiatedServices: 46, congestion: .capable0)
            try await client.send(
                "x",
                to: SocketAddress(target, port: port),
                metadata: DatagramMetadata(hopLimit: 7, trafficClass: traffic)
            )
            let metadata = try await receive(server).1.metadata
            #expect(metadata.localAddress == target)
            #expect(metadata.destination == target)
            #expect(metadata.interfaceIndex == 1)
            #expect(metadata.hopLimit == 7)
            #expect(metadata.trafficClass == traffic)
            #expect((metadata.receiveTime ?? .zero) > .seconds(1_700_000_000))
            try await server.send("y", to: client.localAddress, metadata: metadata.reply)
            #expect(try await receive(client).1.source == SocketAddress(target, port: port))
        }
    }

    @Test func membersOfAGroupReceiveAndThoseWhoLeftDoNot() async throws {
        let group = try IPAddress("239.1.2.3")
        let member = try DatagramSocket.bind(to: .v4(.any, port: 0))
        let loopback = try NetworkInterface.named("lo")
        try member.join(group, on: loopback)
        let sender = try DatagramSocket.bind(
            to: .v4(.loopback, port: 0),
            options: [.set(.multicastInterface, to: loopback)]
        )
        let target = SocketAddress(group, port: try #require(member.localAddress.port))
        try await sender.send("all", to: target)
        #expect(try await receive(member).0 == "all")
        try member.leave(group, on: loopback)
        try await sender.send("nobody", to: target)
        try await sender.send("you", to: .v4(.loopback, port: member.localAddress.port ?? 0))
        #expect(try await receive(member).0 == "you")
        let error = #expect(throws: SocketError.self) { try member.leave(group, on: loopback) }
        #expect(error?.operation == .leaveGroup)
    }

    private func receive(
        _ socket: DatagramSocket,
        size: Int = 2048
    ) async throws -> (String, ReceivedDatagram) {
        var memory = [UInt8](repeating: 0, count: size)
        let datagram = try await withDeadline(.after(.seconds(5))) {
            try await socket.receive(into: &memory)
        }
        return (String(decoding: memory.prefix(datagram.count), as: UTF8.self), datagram)
    }
}

extension DatagramTransport {
    func receiveText(limit: Int = 2048) async throws(SocketError) -> String {
        var memory = [UInt8](repeating: 0, count: limit)
        let datagram = try await receive(into: &memory)
        return String(decoding: memory.prefix(datagram.count), as: UTF8.self)
    }
}
