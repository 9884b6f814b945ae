import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("Sockets taken over")
struct AdoptionTests {
    @Test func aConnectionGoesOnUnderItsNewOwner() async throws {
        let (client, server) = try await tcpPair()
        let descriptor = try server.duplicateDescriptor()
        server.close()
        let adopted = try StreamConnection.adopt(descriptor)
        #expect(adopted.peerAddress == client.localAddress)
        try await client.send("question\n")
        #expect(try await ByteReader(adopted).line(limit: 20) == "question")
        try await adopted.send("answer\n")
        #expect(try await ByteReader(client).line(limit: 20) == "answer")
        adopted.close()
        var buffer = ByteBuffer()
        #expect(try await client.receive(into: &buffer) == 0)
    }

    @Test func aBlockingSocketIsMadeNonBlocking() async throws {
        let foreign = try ForeignSocket()
        #expect(fcntl(foreign.ours, F_GETFL) & O_NONBLOCK == 0)
        let connection = try StreamConnection.adopt(Descriptor(foreign.ours))
        #expect(fcntl(foreign.ours, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(foreign.ours, F_GETFD) & FD_CLOEXEC != 0)
        try foreign.send([1, 2, 3])
        var buffer = ByteBuffer()
        #expect(try await connection.receive(into: &buffer) == 3)
    }

    /// Whoever shares the socket could otherwise stop a whole loop.
    @Test func aSocketThatIsMadeBlockingAgainBlocksNoLoop() async throws {
        let loops = try EventLoopGroup(count: 1)
        let foreign = try ForeignSocket()
        let shared = Descriptor(dup(foreign.ours))
        let connection = try StreamConnection.adopt(Descriptor(foreign.ours), loops: loops)
        #expect(fcntl(shared.number, F_SETFL, 0) == 0)
        var descriptors = ReceivedDescriptors(limit: 1)
        for asking in [true, false] {
            await expect(.deadlinePassed) {
                try await withDeadline(.after(.milliseconds(20))) {
                    var buffer = ByteBuffer()
                    if asking {
                        _ = try await connection.receive(into: &buffer, descriptors: &descriptors)
                    } else {
                        _ = try await connection.receive(into: &buffer)
                    }
                }
            }
        }
        for passing in [true, false] {
            await expect(.deadlinePassed) {
                try await withDeadline(.after(.milliseconds(20))) {
                    let bytes = [UInt8](repeating: 0, count: 5_000_000)
                    if passing {
                        try await connection.send(bytes, passing: [0])
                    } else {
                        try await connection.send(bytes)
                    }
                }
            }
        }
        _ = foreign.number
    }

    @Test func whatIsNoConnectedStreamIsRefusedAndClosed() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let listening = try await expectRefusal(.invalidArgument) {
                    try StreamListener.listen(on: .v4(.loopback, port: 0)).handOver()
                }
                #expect(listening == "adopt: invalid argument: it listens")
                let unconnected = try await expectRefusal(.notConnected) {
                    Descriptor(socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
                }
                #expect(unconnected == "adopt: not connected")
                let datagrams = try await expectRefusal(.invalidArgument) {
                    Descriptor(socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0))
                }
                #expect(datagrams == "adopt: invalid argument: it is a socket of another type")
                let seqpackets = try await expectRefusal(.invalidArgument) {
                    try SeqpacketConnection.pair().0.duplicateDescriptor()
                }
                #expect(seqpackets == "adopt: invalid argument: it is a socket of another type")
                let file = try await expectRefusal(.invalidArgument) {
                    Descriptor(unsafe open("/dev/null", O_RDONLY | O_CLOEXEC))
                }
                #expect(file == "adopt: invalid argument (ENOTSOCK): it is no socket")
                await expect(.invalidArgument) {
                    _ = try StreamListener.adopt(
                        StreamConnection.pair().0.duplicateDescriptor()
                    )
                }
                await expect(.invalidArgument) {
                    _ = try SeqpacketConnection.adopt(
                        StreamConnection.pair().0.duplicateDescriptor()
                    )
                }
            }
        }
    }

    @Test func aSocketOfAnotherFamilyIsRefused() async throws {
        let vsock = socket(40, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)  // AF_VSOCK
        guard vsock >= 0 else { return print("skipped: this kernel has no AF_VSOCK") }
        await expect(.unsupported) { _ = try StreamConnection.adopt(Descriptor(vsock)) }
    }

    @Test func aClosedConnectionHasNoDescriptorToGive() async throws {
        let (a, _) = try StreamConnection.pair()
        a.close()
        await expect(.closed) { _ = try a.duplicateDescriptor() }
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        listener.close()
        await expect(.closed) { _ = try listener.handOver() }
    }

    @Test func aListenerIsHandedOverAndNoClientNotices() async throws {
        try await withTemporaryFolder { folder in
            let address = SocketAddress.unix(try UnixAddress(path: "\(folder)/socket"))
            let old = try StreamListener.listen(on: address)
            let serving = Task { try await old.serve { _ in } }
            try await eventually { old.socket.loop.statistics().registeredSockets > 0 }
            let descriptor = try old.handOver()
            try await serving.value
            // Between the two nobody accepts, and nobody is refused.
            let client = try await StreamSocket.create(.unix).connect(to: address)
            let new = try StreamListener.adopt(descriptor)
            #expect(new.localAddress == address)
            let server = try await new.accept()
            try await client.send("hello\n")
            #expect(try await ByteReader(server).line(limit: 9) == "hello")
            old.close()
            new.close()
            // It is not the one who made the file.
            #expect(fileExists("\(folder)/socket"))
        }
    }

    // MARK: Other processes

    @Test func anotherProcessAnswersAConnectionThatWasPassedToIt() async throws {
        let name = "switchboard-\(UInt64.random(in: 0 ... .max))"
        let control = try StreamListener.listen(on: .unix(UnixAddress(abstract: name)))
        let worker = try PythonProgram(
            """
            control = socket.socket(socket.AF_UNIX)
            control.connect('\\0' + sys.argv[1])
            data, numbers, flags, _ = socket.recv_fds(control, 100, 4)
            assert data == b'serve this' and len(numbers) == 1, (data, numbers)
            client = socket.socket(fileno=numbers[0])
            client.setblocking(True)
            client.sendall(b'you said ' + client.recv(100))
            client.close()
            """,
            name
        )
        let worker1 = try await control.accept()
        let (client, server) = try await tcpPair()
        try await client.send("hello")
        let descriptor = try server.duplicateDescriptor()
        try await worker1.send("serve this", passing: [descriptor.number])
        _ = consume descriptor
        server.close()
        #expect(try await receiveAll(client) == Array("you said hello".utf8))
        #expect(try await worker.status() == 0)
        control.close()
    }

    @Test func aConnectionThatAnotherProcessAcceptedIsServedHere() async throws {
        let name = "switchboard-\(UInt64.random(in: 0 ... .max))"
        let control = try StreamListener.listen(on: .unix(UnixAddress(abstract: name)))
        let acceptor = try PythonProgram(
            """
            control = socket.socket(socket.AF_UNIX)
            control.connect('\\0' + sys.argv[1])
            listener = socket.create_server(('127.0.0.1', 0))
            control.sendall(b'%d\\n' % listener.getsockname()[1])
            accepted, _ = listener.accept()
            socket.send_fds(control, [b'x'], [accepted.fileno()])
            """,
            name
        )
        let worker = try await control.accept()
        let line = try await ByteReader(worker).line(limit: 10)
        let port = try #require(line.flatMap { UInt16($0) })
        let client = try await StreamConnection.connect(to: Endpoint("127.0.0.1:\(port)"))
        var descriptors = ReceivedDescriptors(limit: 1)
        var buffer = ByteBuffer()
        #expect(try await worker.receive(into: &buffer, descriptors: &descriptors) == 1)
        #expect(try await acceptor.status() == 0)
        let server = try StreamConnection.adopt(first(&descriptors))
        #expect(server.peerAddress == client.localAddress)
        try await server.send("from here")
        server.close()
        #expect(try await receiveAll(client) == Array("from here".utf8))
        control.close()
    }
}

/// The text of the error with which a descriptor is not adopted.
private func expectRefusal(
    _ code: SocketError.Code,
    _ make: () async throws -> Descriptor
) async throws -> String? {
    let descriptor = try await make()
    let number = descriptor.number
    let box = Shared<CInt>(descriptor.release())
    let error = await expect(code) {
        _ = try StreamConnection.adopt(Descriptor(box.withLock { $0 }))
    }
    #expect(fcntl(number, F_GETFD) == -1, "it is still open")
    return error?.description
}
