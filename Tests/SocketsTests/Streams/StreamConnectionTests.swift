import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("A stream connection")
struct StreamConnectionTests {
    @Test func receivesNoMoreThanTheBuffersLimit() async throws {
        let (client, server) = try await tcpPair()
        try await client.send("abcdef")
        var buffer = ByteBuffer(limit: 4)
        while buffer.count < 4 { _ = try await server.receive(into: &buffer) }
        let error = await expect(.limitExceeded) { _ = try await server.receive(into: &buffer) }
        #expect(error?.detail == "the buffer's limit of 4 bytes")
        buffer.clear()
        _ = try await server.receive(into: &buffer)
        #expect(buffer.array() == Array("ef".utf8))
        client.close()
        server.close()
    }

    @Test func endsAfterItsIdleLimit() async throws {
        let (client, server) = try await tcpPair()
        #expect(server.idleLimit == nil)
        server.idleLimit = .milliseconds(20)
        #expect(server.idleLimit == .milliseconds(20))
        var buffer = ByteBuffer()
        let error = await expect(.idleLimit) { _ = try await server.receive(into: &buffer) }
        #expect(error?.code.side == .time)
        // The task's own deadline, when it is the earlier.
        server.idleLimit = .seconds(60)
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) {
                _ = try await server.receive(into: &buffer)
            }
        }
        client.close()
        server.close()
    }

    @Test func resetsAtThePeer() async throws {
        let (client, server) = try await tcpPair()
        try await server.send("on its way")
        client.reset()
        var buffer = ByteBuffer()
        let error = await expect(.reset) {
            while try await server.receive(into: &buffer) > 0 {}
        }
        #expect(error?.errno == ECONNRESET)
        #expect(
            error?.description == "receive tcp \(address(server)) → \(server.peerAddress): "
                + "connection reset by peer (ECONNRESET)"
        )
        server.close()
    }

    @Test func refusesToMeetItself() async throws {
        // The one port TCP may connect to itself by: its own.
        let address = try StreamSocket.create(.ipv4).bind(to: .v4(.loopback, port: 0)).localAddress
        let error = await expect(.refused) {
            _ = try await StreamSocket.create(.ipv4).bind(to: address).connect(to: address)
        }
        #expect(
            error?.description == "connect tcp \(address) → \(address): "
                + "connection refused: the connection met itself"
        )
    }

    @Test func printsARefusalWithItsAddresses() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let peer = listener.localAddress
        listener.close()
        let local = try StreamSocket.create(.ipv4).bind(to: .v4(.loopback, port: 0)).localAddress
        let error = await expect(.refused) {
            _ = try await StreamSocket.create(.ipv4).bind(to: local).connect(to: peer)
        }
        #expect(
            error?.description
                == "connect tcp \(local) → \(peer): connection refused (ECONNREFUSED)"
        )
        // Unbound, the kernel chooses the port.
        let other = await expect(.refused) {
            _ = try await StreamConnection.connect(to: Endpoint(peer))
        }
        let text = try #require(other?.description)
        #expect(
            try
                /connect tcp (127\.0\.0\.1:[1-9][0-9]* → )?127\.0\.0\.1:[0-9]+: connection refused \(ECONNREFUSED\)/
                .wholeMatch(in: text) != nil,
            "\(text)"
        )
    }

    @Test func namesTheHostThatWasAskedForInAnError() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let port = try #require(listener.localAddress.port)
        listener.close()
        let endpoint = try Endpoint("localhost:\(port)")
        let error = await expect(.refused) {
            _ = try await StreamConnection.connect(to: endpoint)
        }
        #expect(error?.peerName == "localhost:\(port)")
        let text = try #require(error?.description)
        #expect(text.hasPrefix("connect localhost:\(port) ("), "\(text)")
        #expect(text.contains("): connection refused (ECONNREFUSED)"), "\(text)")
    }

    @Test func anErrnoWithoutACodeHasItsWords() {
        let error = SocketError(.system, in: .accept, errno: 5)
        #expect("\(error)" == "accept: input/output error (EIO)")
    }

    @Test func refusesASendAfterItHasFinished() async throws {
        let (client, server) = try await tcpPair()
        try await client.finish()
        try await client.finish()
        let error = await expect(.brokenPipe) { try await client.send("x") }
        #expect(error?.errno == EPIPE)
        client.close()
        server.close()
    }
}

private func address(_ connection: StreamConnection) -> String {
    connection.localAddress?.description ?? "?"
}
