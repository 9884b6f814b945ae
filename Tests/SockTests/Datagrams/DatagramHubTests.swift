import Sockets
import Testing

@testable import sock

/// The limits of what strangers can make a bound socket remember.
@Suite struct DatagramHubTests {
    private func withHub(
        _ configuration: DatagramHub.Configuration,
        _ body: (DatagramHub) async throws -> Void
    ) async throws {
        let socket = try await DatagramSocket.bind(to: "udp://127.0.0.1:0")
        defer { socket.close() }
        try await withDeadline(.after(.seconds(30))) {
            try await body(
                DatagramHub(socket, configuration, Announcer(isJSON: false, isVerbose: false))
            )
        }
    }

    private func peer(of hub: DatagramHub) async throws -> DatagramConnection {
        try await DatagramConnection.connect(
            to: Endpoint(hub.socket.localAddress, isDatagram: true)
        )
    }

    @Test func newPeersAreIgnoredWhileThereAreTooMany() async throws {
        try await withHub(.init(peerLimit: 2, memory: nil, tellsLimit: false)) { hub in
            let peers = [try await peer(of: hub), try await peer(of: hub), try await peer(of: hub)]
            try await hub.run { newcomers in
                var next = newcomers.makeAsyncIterator()
                for peer in peers { try await peer.send("first") }
                let first = try #require(await next.next())
                let second = try #require(await next.next())
                #expect(first.address == peers[0].localAddress)
                #expect(second.address == peers[1].localAddress)
                // The third's was before it, so it has been seen and ignored.
                try await peers[0].send("after")
                for text in ["first", "after"] {
                    #expect(try await first.receivePiece() == Array(text.utf8))
                }
                // Room again, once one has gone.
                second.close()
                second.close()
                try await peers[2].send("now")
                let third = try #require(await next.next())
                #expect(third.address == peers[2].localAddress)
                #expect(try await third.receivePiece() == Array("now".utf8))
                #expect(try await second.receivePiece() == Array("first".utf8))
                #expect(try await second.receivePiece() == nil)
            }
        }
    }

    @Test func whatAPeerSendsToNobodyIsBoundedAndCounted() async throws {
        try await withHub(.init(memory: nil)) { hub in
            let peer = try await peer(of: hub)
            let size = 60_000
            try await hub.run { newcomers in
                var next = newcomers.makeAsyncIterator()
                let bytes = [UInt8](repeating: 7, count: size)
                try await peer.send(bytes)
                let line = try #require(await next.next())
                while line.traffic.datagrams?.droppedCount == 0 {
                    try await peer.send(bytes)
                    try await hub.socket.loop.sleep(until: .after(.milliseconds(1)))
                }
                line.end()
                var count = 0
                while try await line.receivePiece() != nil { count += 1 }
                let room = PeerLine.queuedSizeLimit / (size + PeerLine.queuedOverhead)
                #expect(count == room)
                #expect(line.traffic.datagrams?.receivedCount == room)
            }
        }
    }

    @Test func aCancelledWaitForATurnLosesNoTurn() async throws {
        let turns = Turns()
        try await turns.take()
        let cancelled = Task { try await turns.take() }
        cancelled.cancel()
        let error = await #expect(throws: SocketError.self) { try await cancelled.value }
        #expect(error?.code == .cancelled)
        let second = Task { try await turns.take() }
        let third = Task {
            try await second.value
            try await turns.take()
        }
        turns.pass()
        try await second.value
        turns.pass()
        try await third.value
    }
}
