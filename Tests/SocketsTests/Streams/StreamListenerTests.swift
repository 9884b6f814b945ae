import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("A stream listener")
struct StreamListenerTests {
    // MARK: Phases

    @Test func goesThroughThePhasesByHand() async throws {
        let bound = try StreamSocket.create(.ipv4).bind(to: .v4(.loopback, port: 0))
        let address = bound.localAddress
        #expect(address.port != 0)
        let listener = try bound.listen(.init(backlog: 5))
        #expect(listener.localAddress == address)
        let client = try await StreamSocket.create(.ipv4).connect(to: address)
        let server = try await listener.accept()
        #expect(server.peerAddress == client.localAddress)
        #expect(client.peerAddress == address)
        #expect(server.localAddress == address)
        client.close()
        server.close()
        listener.close()
    }

    @Test func connectsFromABoundAddress() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let bound = try StreamSocket.create(.ipv4)
            .bind(to: .v4(try IPv4Address("127.0.0.2"), port: 0))
        let address = bound.localAddress
        let client = try await bound.connect(to: listener.localAddress)
        let server = try await listener.accept()
        #expect(server.peerAddress == address)
        client.close()
        server.close()
        listener.close()
    }

    @Test(arguments: [":0", "*:0", "tcp://*:0"])
    func listensOnEveryAddressOfBothFamilies(text: String) async throws {
        let listener = try await StreamListener.listen(on: Endpoint(text))
        let port = try #require(listener.localAddress.port)
        #expect(port != 0)
        try await StreamConnection.connect(to: Endpoint("127.0.0.1:\(port)")).close()
        let first = try await listener.accept()
        first.close()
        if case .v6 = listener.localAddress {
            try await StreamConnection.connect(to: Endpoint("[::1]:\(port)")).close()
            try await listener.accept().close()
        }
        listener.close()
    }

    @Test func keepsAnIPv6AddressToItself() async throws {
        guard let listener = try? StreamListener.listen(on: .v6(.loopback, port: 0)) else {
            return  // A machine without IPv6.
        }
        let port = try #require(listener.localAddress.port)
        // The same port of the other family is free.
        try StreamListener.listen(on: .v4(.loopback, port: port)).close()
        listener.close()
    }

    @Test func saysThatAnAddressIsTaken() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let error = await expect(.addressInUse) {
            _ = try StreamListener.listen(on: listener.localAddress)
        }
        #expect(
            error?.description
                == "\(error?.operation.name ?? "?") tcp \(listener.localAddress): "
                + "address already in use (EADDRINUSE)"
        )
        listener.close()
    }

    @Test func saysThatAnAddressIsNotOfThisMachine() async throws {
        let error = await expect(.addressNotAvailable) {
            _ = try await StreamListener.listen(on: "192.0.2.1:0")
        }
        #expect(
            error?.description
                == "bind tcp 192.0.2.1:0: address not available (EADDRNOTAVAIL)"
        )
    }

    @Test func getsItsPortBackAtOnce() async throws {
        let first = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let client = try await StreamConnection.connect(to: Endpoint(first.localAddress))
        let server = try await first.accept()
        first.close()
        server.close()  // This side closes first and keeps the port in TIME_WAIT.
        #expect(try await receiveAll(client) == [])
        client.close()
        try StreamListener.listen(on: first.localAddress).close()
    }

    @Test func refusesASecondAccept() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let accepting = Task { try await listener.accept() }
        try await eventually { listener.socket.loop.statistics().registeredSockets > 0 }
        // One of the two is inside, and the other is told so.
        let outcome = await Task { await expect(.busy) { _ = try await listener.accept() } }.value
        #expect(outcome?.operation == .accept)
        listener.close()
        await expect(.closed) { _ = try await accepting.value }
        await expect(.closed) { _ = try await listener.accept() }
    }

    // MARK: Unix sockets

    @Test func listensOnAPathAndRemovesItsFile() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let listener = try await StreamListener.listen(on: Endpoint("unix:\(path)"))
            #expect(fileExists(path))
            let client = try await StreamConnection.connect(to: Endpoint("unix:\(path)"))
            let server = try await listener.accept()
            try await client.send("hello\n")
            #expect(try await ByteReader(server).line(limit: 10) == "hello")
            #expect("\(server.peerAddress)" == "unix:*")
            listener.close()
            #expect(!fileExists(path))
            // The connection goes on.
            try await server.send("bye\n")
            #expect(try await ByteReader(client).line(limit: 10) == "bye")
            client.close()
            server.close()
        }
    }

    @Test func listensOnAnAbstractName() async throws {
        let endpoint = try Endpoint("unix:@switchboard-\(UInt64.random(in: 0 ... .max))")
        let listener = try await StreamListener.listen(on: endpoint)
        try await StreamConnection.connect(to: endpoint).close()
        try await listener.accept().close()
        listener.close()
        await expect(.refused) { _ = try await StreamConnection.connect(to: endpoint) }
    }

    @Test func takesOverAFileThatNobodyListensOn() async throws {
        try await withTemporaryFolder { folder in
            let address = SocketAddress.unix(try UnixAddress(path: "\(folder)/socket"))
            // Bound and gone without removing its file: what a killed server leaves.
            _ = try StreamSocket.create(.unix).bind(to: address).localAddress
            #expect(fileExists("\(folder)/socket"))
            let listener = try StreamListener.listen(on: address)
            try await StreamSocket.create(.unix).connect(to: address).close()
            listener.close()
        }
    }

    @Test func refusesThePathOfALiveListener() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let endpoint = try Endpoint("unix:\(path)")
            let listener = try await StreamListener.listen(on: endpoint)
            let error = await expect(.addressInUse) {
                _ = try await StreamListener.listen(on: endpoint)
            }
            #expect(error?.operation == .bind)
            #expect(
                error?.description == "bind unix:\(path): address already in use (EADDRINUSE)"
            )
            #expect(fileExists(path))
            try await StreamConnection.connect(to: endpoint).close()
            listener.close()
        }
    }

    @Test func leavesAFileAloneThatIsNoSocket() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/precious"
            close(unsafe creat(path, 0o600))
            await expect(.addressInUse) {
                _ = try await StreamListener.listen(on: Endpoint("unix:\(path)"))
            }
            #expect(fileExists(path))
        }
    }

    @Test func leavesAFileAloneThatTookThePlaceOfItsOwn() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let first = try await StreamListener.listen(on: Endpoint("unix:\(path)"))
            // Kept under another name, so that its inode is not used again.
            unsafe rename(path, "\(folder)/moved")
            let second = try await StreamListener.listen(on: Endpoint("unix:\(path)"))
            first.close()
            #expect(fileExists(path))
            try await StreamConnection.connect(to: Endpoint("unix:\(path)")).close()
            second.close()
            #expect(!fileExists(path))
        }
    }

    @Test func saysThatAFolderIsMissing() async throws {
        let error = await expect(.addressNotAvailable) {
            _ = try await StreamListener.listen(on: "unix:/nonexistent-folder/socket")
        }
        #expect(
            error?.description
                == "bind unix:/nonexistent-folder/socket: address not available (ENOENT)"
        )
    }

    @Test func refusesAPathThatIsTooLong() throws {
        let path = "/tmp/" + String(repeating: "x", count: 103)
        #expect(path.utf8.count == UnixAddress.pathSizeLimit + 1)
        let error = #expect(throws: AddressParseError.self) { try Endpoint("unix:\(path)") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("107"))
    }

    @Test func saysThatNobodyListensOnAPath() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/nobody"
            let error = await expect(.refused) {
                _ = try await StreamConnection.connect(to: Endpoint("unix:\(path)"))
            }
            #expect(error?.description == "connect unix:\(path): connection refused (ENOENT)")
        }
    }

    /// A Unix connect that finds the queue full gets no event when there is room.
    @Test func waitsForRoomInAUnixListenersQueue() async throws {
        let address = SocketAddress.unix(
            try UnixAddress(abstract: "switchboard-\(UInt64.random(in: 0 ... .max))")
        )
        let listener = try StreamListener.listen(on: address, .init(backlog: 1))
        let clients = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await StreamSocket.create(.unix).connect(to: address).close()
                    }
                }
                try await group.waitForAll()
            }
        }
        for _ in 0..<20 { try await listener.accept().close() }
        try await clients.value
        listener.close()
    }
}
