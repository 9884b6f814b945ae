import Glibc
import Testing

@testable import Sockets

@Suite("Listeners of sequenced packets")
struct SeqpacketListenerTests {
    @Test func serveAndRemoveTheirFile() async throws {
        try await withTemporaryFolder { folder in
            let endpoint = try Endpoint("unix-seqpacket:\(folder)/socket")
            try await SeqpacketListener.listen(on: endpoint) { listener in
                #expect(fileExists("\(folder)/socket"))
                let serving = Task {
                    try await listener.serve { connection in
                        while let message = try await connection.receive(limit: 100) {
                            try await connection.send(message + message)
                        }
                    }
                }
                try await SeqpacketConnection.connect(to: endpoint) { connection in
                    for word in ["a", "bc", "def"] {
                        try await connection.send(word)
                        #expect(try await connection.receive(limit: 9) == Array((word + word).utf8))
                    }
                }
                listener.drain(before: .after(.seconds(10)))
                try await serving.value
                #expect(listener.statistics().acceptedConnections == 1)
            }
            #expect(!fileExists("\(folder)/socket"))
            await expect(.refused) { _ = try await SeqpacketConnection.connect(to: endpoint) }
        }
    }

    @Test func takeOverAFileThatNobodyListensOn() async throws {
        try await withTemporaryFolder { folder in
            let address = try UnixAddress(path: "\(folder)/socket")
            _ = try SeqpacketSocket.create().bind(to: address).localAddress
            let endpoint = try Endpoint("unix-seqpacket:\(folder)/socket")
            let listener = try SeqpacketListener.listen(on: endpoint)
            // And leave alone one that lives.
            await expect(.addressInUse) { _ = try SeqpacketListener.listen(on: endpoint) }
            await expect(.addressInUse) {
                _ = try await StreamListener.listen(on: Endpoint("unix:\(folder)/socket"))
            }
            try await SeqpacketSocket.create().connect(to: address).close()
            try await listener.accept().close()
            listener.close()
        }
    }

    @Test func areNotForStreams() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let listener = try SeqpacketListener.listen(on: Endpoint("unix-seqpacket:\(path)"))
            let error = await expect(.invalidArgument) {
                _ = try await StreamConnection.connect(to: Endpoint("unix:\(path)"))
            }
            #expect(error?.errno == EPROTOTYPE)
            listener.close()
            await expect(.closed) { _ = try await listener.accept() }
        }
        for endpoint: Endpoint in ["unix:@x", "unix-datagram:@x", "localhost:1"] {
            await expect(.unsupported) { _ = try SeqpacketListener.listen(on: endpoint) }
            await expect(.unsupported) { _ = try await SeqpacketConnection.connect(to: endpoint) }
        }
        let stream = await expect(.unsupported) {
            _ = try await StreamConnection.connect(to: "unix-seqpacket:@x")
        }
        #expect(stream?.detail == "unix-seqpacket:@x is not a stream endpoint")
    }

    @Test func areHandedOver() async throws {
        let name = "switchboard-\(UInt64.random(in: 0 ... .max))"
        let endpoint = try Endpoint("unix-seqpacket:@\(name)")
        let old = try SeqpacketListener.listen(on: endpoint)
        let client = try await SeqpacketConnection.connect(to: endpoint)
        try await client.send("before")
        let new = try SeqpacketListener.adopt(old.handOver())
        #expect(try await new.accept().receive(limit: 9) == Array("before".utf8))
        new.close()
    }

    @Test func talkToAnotherProcess() async throws {
        let name = "switchboard-\(UInt64.random(in: 0 ... .max))"
        let listener = try SeqpacketListener.listen(on: Endpoint("unix-seqpacket:@\(name)"))
        let program = try PythonProgram(
            """
            there = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            there.connect('\\0' + sys.argv[1])
            there.send(b'one')
            there.send(b'x' * 50000)
            assert there.recv(100) == b'short' and there.recv(100) == b'y' * 100
            assert there.recv(100) == b''
            """,
            name
        )
        let connection = try await listener.accept()
        #expect(try connection.peerCredentials().processID == program.processID)
        #expect(try await connection.receive(limit: 100_000) == Array("one".utf8))
        #expect(try await connection.receive(limit: 100_000)?.count == 50_000)
        try await connection.send("short")
        try await connection.send([UInt8](repeating: UInt8(ascii: "y"), count: 101))
        connection.close()
        #expect(try await program.status() == 0)
        listener.close()
    }
}
