import Sockets
import TestSupport
import Testing

/// A router between two hosts, with a narrow way behind it.
@Suite(
    "Path MTU",
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct PathMTUTests {
    struct Network: Sendable, CustomTestStringConvertible {
        let prefix: String
        let length: Int
        let narrow: Int
        var testDescription: String { prefix }
        func host(_ link: Int, _ number: Int) -> String {
            prefix.contains(":") ? "\(prefix)\(link)::\(number)" : "\(prefix)\(link).\(number)"
        }
        func network(_ link: Int) -> String {
            (prefix.contains(":") ? "\(prefix)\(link)::" : "\(prefix)\(link).0") + "/\(length)"
        }
    }

    static let networks = [
        Network(prefix: "10.8.", length: 24, narrow: 1200),
        Network(prefix: "fd00:8:0:", length: 64, narrow: 1300),
    ]

    /// A host, a router, and a host behind a link that takes less.
    private func withNarrowPath(
        _ network: Network,
        _ body: (_ sender: NetworkNamespace, _ receiver: NetworkNamespace) async throws -> Void
    ) async throws {
        try await withNetworkNamespaces(3) { hosts in
            let length = network.length
            try hosts[1].forwardPackets()
            try hosts[0].connect(
                "eth0",
                "\(network.host(1, 2))/\(length)",
                to: hosts[1],
                "eth0",
                "\(network.host(1, 1))/\(length)"
            )
            try hosts[1].connect(
                "eth1",
                "\(network.host(2, 1))/\(length)",
                to: hosts[2],
                "eth0",
                "\(network.host(2, 2))/\(length)",
                mtu: network.narrow
            )
            try hosts[0].addRoute(to: network.network(2), via: network.host(1, 1))
            try hosts[2].addRoute(to: network.network(1), via: network.host(2, 1))
            try await body(hosts[0], hosts[2])
        }
    }

    @Test(arguments: networks)
    func aRouterSaysThatADatagramIsTooLargeAndTheNextSendKnows(_ network: Network) async throws {
        try await withNarrowPath(network) { sender, receiver in
            let any: SocketAddress =
                network.length == 24 ? .v4(.any, port: 0) : .v6(.any, port: 0)
            let server = try receiver.inside { try DatagramSocket.bind(to: any) }
            let target = SocketAddress(
                try IPAddress(network.host(2, 2)),
                port: try #require(server.localAddress.port)
            )
            let always: [SocketSetting] = [.set(.pathMTUDiscovery, to: .always)]
            let socket = try sender.inside { try DatagramSocket.bind(to: any, options: always) }
            try await socket.send(String(repeating: "x", count: 1400), to: target)
            let error = try await withDeadline(.after(.seconds(5))) {
                try await socket.receiveError()
            }
            #expect(error.code == .messageTooLarge && error.pathMTU == network.narrow)
            #expect(error.destination == target)
            #expect(error.reporter == (try IPAddress(network.host(1, 1))))
            #expect("\(error)".contains("path MTU \(network.narrow)"), "\(error)")
            // The kernel knows now, and refuses by itself.
            let refused = await expect(.messageTooLarge) {
                try await socket.send(String(repeating: "x", count: 1400), to: target)
            }
            #expect(refused?.peerAddress == target)
            try await socket.send("small", to: target)
            #expect(try await server.receiveText().text == "small")

            let connection = try sender.inside {
                try DatagramSocket.create(any.family, options: always).connect(to: target)
            }
            #expect(try connection.get(.pathMTU) == network.narrow)
            let limit = network.narrow - (network.length == 24 ? 28 : 48)
            try await connection.send([UInt8](repeating: 1, count: limit))
            #expect(try await server.receiveText().1.size == limit)
            let named = await expect(.messageTooLarge) {
                try await connection.send([UInt8](repeating: 1, count: limit + 1))
            }
            #expect(named?.detail?.contains("the limit is \(limit)") == true)
        }
    }

    @Test(arguments: networks)
    func aConnectionThrowsTheRoutersWordOnceWithTheMTU(_ network: Network) async throws {
        try await withNarrowPath(network) { sender, receiver in
            let any: SocketAddress =
                network.length == 24 ? .v4(.any, port: 0) : .v6(.any, port: 0)
            let server = try receiver.inside { try DatagramSocket.bind(to: any) }
            let target = SocketAddress(
                try IPAddress(network.host(2, 2)),
                port: try #require(server.localAddress.port)
            )
            let connection = try sender.inside {
                try DatagramSocket.create(
                    any.family,
                    options: [.set(.pathMTUDiscovery, to: .always)]
                ).connect(to: target)
            }
            #expect(try connection.get(.pathMTU) == 1500)
            try await connection.send([UInt8](repeating: 1, count: 1400))
            let error = await expect(.messageTooLarge) {
                _ = try await withDeadline(.after(.seconds(5))) {
                    try await connection.receiveText()
                }
            }
            #expect(
                error?.detail?.contains("path MTU \(network.narrow)") == true,
                "\(error as Any)"
            )
            try await connection.send("small")
            #expect(try await server.receiveText().text == "small")
        }
    }

    @Test func aHopLimitThatRunsOutIsReportedByTheRouter() async throws {
        try await withNarrowPath(Self.networks[0]) { sender, _ in
            let socket = try sender.inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let target = SocketAddress(try IPAddress("10.8.2.2"), port: 33_434)
            try await socket.send("probe", to: target, metadata: DatagramMetadata(hopLimit: 1))
            let error = try await withDeadline(.after(.seconds(5))) {
                try await socket.receiveError()
            }
            #expect(error.isTimeExceeded && error.code == .hostUnreachable)
            #expect(error.reporter == (try IPAddress("10.8.1.1")))
            #expect(error.destination == target && error.payload == Array("probe".utf8))
        }
    }

    @Test func whatHasNoRouteIsRefusedAndABatchGoesOn() async throws {
        try await withNarrowPath(Self.networks[0]) { sender, receiver in
            let socket = try sender.inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let server = try receiver.inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let nowhere = SocketAddress(try IPAddress("192.0.2.1"), port: 9)
            let target = SocketAddress(
                try IPAddress("10.8.2.2"),
                port: try #require(server.localAddress.port)
            )
            let error = await expect(.networkUnreachable) {
                try await socket.send("x", to: nowhere)
            }
            #expect(error?.peerAddress == nowhere)
            var batch = DatagramBatch(capacity: 3, datagramSize: 10)
            for address in [target, nowhere, target] {
                #expect(unsafe batch.append("batch".utf8Span.span.bytes, to: address))
            }
            try await socket.send(&batch)
            for _ in 0..<2 { #expect(try await server.receiveText().text == "batch") }
            let skipped = try #require(socket.receiveErrorIfReady())
            #expect(skipped.code == .networkUnreachable && skipped.destination == nowhere)
            #expect(skipped.icmp == nil)
        }
    }
}
