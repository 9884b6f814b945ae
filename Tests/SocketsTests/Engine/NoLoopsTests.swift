import Testing

@testable import Sockets

/// Where the kernel had no descriptor for the shared loops: an error, and no trap.
@Suite struct NoLoopsTests {
    private let none = EventLoopGroup(
        failure: SocketError(.descriptorLimit, in: .createLoop, errno: 24)
    )

    private func expectTheReason<Result>(
        _ open: () async throws(SocketError) -> Result
    ) async {
        do throws(SocketError) {
            _ = try await open()
            Issue.record("opened without a loop")
        } catch {
            #expect(error.operation == .createLoop)
            #expect(error.code == .descriptorLimit)
        }
    }

    @Test func streamsAreRefusedWithTheReason() async {
        await expectTheReason { () throws(SocketError) in
            try await StreamListener.listen(on: "127.0.0.1:0", loops: none)
        }
        await expectTheReason { () throws(SocketError) in
            try await StreamConnection.connect(to: "127.0.0.1:1", loops: none)
        }
        await expectTheReason { () throws(SocketError) in
            try StreamConnection.pair(loops: none).0
        }
    }

    @Test func datagramsAreRefusedWithTheReason() async {
        await expectTheReason { () throws(SocketError) in
            try DatagramSocket.bind(to: .v4(.loopback, port: 0), loops: none)
        }
        await expectTheReason { () throws(SocketError) in
            try DatagramConnection.pair(loops: none).0
        }
    }

    @Test func adoptingIsRefusedWithTheReason() throws {
        let (mine, theirs) = try StreamConnection.pair()
        defer { mine.close() }
        let descriptor = try theirs.duplicateDescriptor()
        theirs.close()
        do throws(SocketError) {
            _ = try StreamConnection.adopt(descriptor, loops: none)
            Issue.record("adopted without a loop")
        } catch {
            #expect(error.operation == .createLoop)
        }
    }

    @Test func theSharedLoopsAreStartedOnce() throws {
        let group = try EventLoopGroup.startShared()
        #expect(group === EventLoopGroup.shared)
        #expect(!group.loops.isEmpty)
    }
}
