import Glibc
import Sockets
import SocketsTesting
import Testing

struct UnixDatagramTests {
    @Test func aPathAnAbstractNameAndAChosenNameAreReplyAddresses() async throws {
        try await withTemporaryFolder { folder in
            let places = [
                UnixAddress.unnamed,
                try UnixAddress(abstract: "sb-\(UInt64.random(in: 0 ... .max))"),
                try UnixAddress(path: "\(folder)/client"),
            ]
            let server = try DatagramSocket.bind(to: .unix(UnixAddress(path: "\(folder)/server")))
            for place in places {
                let client = try DatagramSocket.bind(to: .unix(place))
                if !place.isUnnamed { #expect(client.localAddress == .unix(place)) }
                try await client.send("hello", to: server.localAddress)
                let (text, datagram) = try await server.receiveText()
                #expect(text == "hello" && datagram.source == client.localAddress)
                try await server.send("you too", to: datagram.source)
                #expect(try await client.receiveText().text == "you too")
                client.close()
            }
            server.close()
            #expect(!fileExists("\(folder)/server") && !fileExists("\(folder)/client"))
        }
    }

    @Test func aConnectionGetsANameSoThatItCanBeAnswered() async throws {
        let name = try UnixAddress(abstract: "sb-\(UInt64.random(in: 0 ... .max))")
        let server = try DatagramSocket.bind(to: .unix(name))
        let endpoint = Endpoint(.unix(name), isDatagram: true)
        try await DatagramConnection.connect(to: endpoint) { connection in
            try await connection.send("question")
            let (_, datagram) = try await server.receiveText()
            try await server.send("answer", to: datagram.source)
            #expect(try await connection.receiveText() == "answer")
        }
    }

    @Test func anUnnamedSenderIsNamedAndCannotBeAnswered() async throws {
        let server = try DatagramSocket.bind(to: .unix(.unnamed))
        let client = try DatagramSocket.create(.unix).connect(to: server.localAddress)
        try await client.send("who am I?")
        var batch = DatagramBatch(capacity: 4, datagramSize: 100)
        try await server.receive(into: &batch)
        #expect(batch.count == 1 && batch.peer(at: 0) == nil)
        // The echo goes on, and says what it could not do.
        try await server.send(&batch)
        #expect(try #require(server.receiveErrorIfReady()).errno == ENOTCONN)
    }

    @Test func aFileNobodyHasOpenIsTakenOverAndALiveOneIsNot() async throws {
        try await withTemporaryFolder { folder in
            let address = SocketAddress.unix(try UnixAddress(path: "\(folder)/s"))
            let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            var native = sockaddr_un()
            native.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &native.sun_path) {
                unsafe $0.copyBytes(from: "\(folder)/s".utf8)
            }
            let result = unsafe withUnsafePointer(to: &native) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(result == 0)
            await expect(.addressInUse) { try DatagramSocket.bind(to: address).close() }
            close(descriptor)
            #expect(fileExists("\(folder)/s"))
            let socket = try DatagramSocket.bind(to: address)
            await expect(.addressInUse) { try DatagramSocket.bind(to: address).close() }
            socket.close()
            #expect(!fileExists("\(folder)/s"))
            await expect(.addressNotAvailable) {
                try DatagramSocket.bind(to: .unix(UnixAddress(path: "\(folder)/no/s"))).close()
            }
        }
    }

    /// Sends until the receiver's queue is full (net.unix.max_dgram_qlen).
    private func fill(_ receiver: DatagramSocket, from sender: DatagramSocket) async throws -> Int {
        var count = 0
        while true {
            do {
                try await withDeadline(.after(.milliseconds(10))) {
                    try await sender.send("\(count)", to: receiver.localAddress)
                }
                count += 1
            } catch let error as SocketError where error.code == .deadlinePassed {
                return count
            }
        }
    }

    @Test func aSendWaitsForAFullReceiverHonoursEverythingAndGoesOn() async throws {
        let receiver = try DatagramSocket.bind(to: .unix(.unnamed))
        let sender = try DatagramSocket.bind(to: .unix(.unnamed))
        let count = try await fill(receiver, from: sender)
        #expect(count > 0)
        let cancelled = Task { try await sender.send("never", to: receiver.localAddress) }
        cancelled.cancel()
        await expect(.cancelled) { try await cancelled.value }
        let waiting = Task { try await sender.send("\(count)", to: receiver.localAddress) }
        for number in 0...count {
            #expect(try await receiver.receiveText().text == "\(number)")
        }
        try await waiting.value
        let again = try await fill(receiver, from: sender)
        let closed = Task { try await sender.send("never", to: receiver.localAddress) }
        for _ in 0..<10 { await Task.yield() }
        sender.close()
        await expect(.closed) { try await closed.value }
        for number in 0..<again {
            #expect(try await receiver.receiveText().text == "\(number)")
        }
        #expect(try await receiver.hasNothing())
    }

    @Test func aBatchWaitsForAFullReceiverAndSaysHowFarItCame() async throws {
        let receiver = try DatagramSocket.bind(to: .unix(.unnamed))
        let sender = try DatagramSocket.bind(to: .unix(.unnamed))
        var batch = DatagramBatch(capacity: 1000, datagramSize: 8)
        for number in 0..<1000 {
            let text = "\(number)"
            _ = unsafe batch.append(text.utf8Span.span.bytes, to: receiver.localAddress)
        }
        let error = await #expect(throws: SocketError.self) {
            try await withDeadline(.after(.milliseconds(20))) { try await sender.send(&batch) }
        }
        #expect(error?.code == .deadlinePassed)
        let sent = try #require(error).transferredCount
        #expect(sent > 0 && batch.count == 1000 - sent)
        #expect("\(try #require(error))".contains("after \(sent) datagrams"))
        let receiving = Task {
            for number in 0..<1000 {
                guard try await receiver.receiveText().text == "\(number)" else { return number }
            }
            return 1000
        }
        try await sender.send(&batch)
        #expect(try await receiving.value == 1000)
    }

    @Test func aPeerThatIsGoneIsRefusedAtOnce() async throws {
        let receiver = try DatagramSocket.bind(to: .unix(.unnamed))
        let sender = try DatagramSocket.bind(to: .unix(.unnamed))
        receiver.close()
        let error = await expect(.refused) {
            try await sender.send("anybody?", to: receiver.localAddress)
        }
        #expect(error?.peerAddress == receiver.localAddress)
        let (a, b) = try DatagramConnection.pair()
        b.close()
        await expect(.refused) { try await a.send("anybody?") }
    }

    @Test func anOversizeDatagramNamesTheSendBuffer() async throws {
        let (a, b) = try DatagramConnection.pair()
        let size = try a.get(.sendBufferSize)
        let bytes = [UInt8](repeating: 0, count: size)
        let error = await expect(.messageTooLarge) { try await a.send(bytes) }
        #expect(error?.detail?.contains("SO_SNDBUF") == true)
        b.close()
    }

    @Test func segmentsAreCutByTheLibrary() async throws {
        let receiver = try DatagramSocket.bind(to: .unix(.unnamed))
        let sender = try DatagramSocket.bind(to: .unix(.unnamed))
        try await unsafe sender.send(
            "aaabbbcc".utf8Span.span.bytes,
            to: receiver.localAddress,
            metadata: DatagramMetadata(segmentSize: 3)
        )
        for text in ["aaa", "bbb", "cc"] {
            #expect(try await receiver.receiveText().text == text)
        }
    }
}
