import Glibc
import Testing

@testable import Sockets

@Suite("Peer credentials")
struct PeerCredentialsTests {
    @Test func ofAPairAreThisProcess() async throws {
        let own = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
        let (a, b) = try StreamConnection.pair()
        #expect(try a.peerCredentials() == own)
        #expect(try b.peerCredentials() == own)
        let (c, _) = try SeqpacketConnection.pair()
        #expect(try c.peerCredentials() == own)
    }

    @Test func areThoseOfTheOtherProcess() async throws {
        let name = "switchboard-\(UInt64.random(in: 0 ... .max))"
        let listener = try StreamListener.listen(on: .unix(UnixAddress(abstract: name)))
        let program = try PythonProgram(
            """
            import struct
            if os.geteuid() == 0: os.setegid(4321), os.seteuid(1234)
            there = socket.socket(socket.AF_UNIX)
            there.connect('\\0' + sys.argv[1])
            pid, _, _ = struct.unpack('iII', there.getsockopt(socket.SOL_SOCKET, 17, 12))
            assert there.recv(100) == b'%d' % pid
            """,
            name
        )
        let connection = try await listener.accept()
        let isRoot = geteuid() == 0
        #expect(
            try connection.peerCredentials()
                == PeerCredentials(
                    processID: program.processID,
                    userID: isRoot ? 1234 : geteuid(),
                    groupID: isRoot ? 4321 : getegid()
                )
        )
        // Both sides agree on who listens.
        try await connection.send("\(getpid())")
        #expect(try await program.status() == 0)
        listener.close()
    }

    @Test func areNobodysOverTCP() async throws {
        let (client, server) = try await tcpPair()
        let error = await expect(.unsupported) { _ = try client.peerCredentials() }
        #expect(error?.detail == "SO_PEERCRED is of Unix sockets only")
        server.close()
    }

    @Test func areGoneWithTheConnection() async throws {
        let (a, _) = try StreamConnection.pair()
        a.close()
        await expect(.closed) { _ = try a.peerCredentials() }
    }
}
