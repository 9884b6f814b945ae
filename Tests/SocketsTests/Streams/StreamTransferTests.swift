import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("A transfer over a stream connection")
struct StreamTransferTests {
    // MARK: Receiving

    @Test func peeksWithoutConsuming() async throws {
        let (client, server) = try await tcpPair()
        try await client.send("hello")
        for _ in 0..<2 {
            #expect(try await peek(server, 3) == Array("hel".utf8))
        }
        try await client.finish()
        #expect(try await receiveAll(server) == Array("hello".utf8))
        #expect(try await peek(server, 3) == [])
        client.close()
        server.close()
    }

    @Test func receivesWhatIsThereWithoutWaiting() async throws {
        let (client, server) = try await tcpPair()
        #expect(try receiveIfReady(server, 10) == nil)
        try await client.send("abc")
        try await eventually { try server.unreadCount() == 3 }
        #expect(try receiveIfReady(server, 2) == Array("ab".utf8))
        #expect(try receiveIfReady(server, 2) == Array("c".utf8))
        #expect(try receiveIfReady(server, 2) == nil)
        try await client.finish()
        try await eventually { try receiveIfReady(server, 2) == [] }
        server.close()
        await expect(.closed) { _ = try receiveIfReady(server, 2) }
        client.close()
    }

    // MARK: Sending

    @Test func sendsPiecesInOrderEmptyOnesToo() async throws {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for count in [0, 1, 31, 32, 33, 200] {
            let (client, server) = try await tcpPair()
            let pieces = (0..<count).map { number in
                let size = random.oneIn(3) ? 0 : Int.random(in: 1...500, using: &random)
                return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
            }
            async let received = receiveAll(server)
            try await client.send(pieces: pieces)
            try await client.finish()
            #expect(try await received == pieces.flatMap { $0 })
            client.close()
            server.close()
        }
    }

    @Test func sendsPiecesAsTheReceiverTakesThem() async throws {
        // Far more than the buffers of both ends, so that sends are cut within pieces.
        let (client, server) = try await tcpPair(
            options: [.set(.sendBufferSize, to: 10_000), .set(.receiveBufferSize, to: 10_000)]
        )
        let all = pattern(2_000_000)
        let pieces = stride(from: 0, to: all.count, by: 1777).map {
            Array(all[$0..<min($0 + 1777, all.count)])
        }
        async let received = receiveAll(server)
        try await client.send(pieces: pieces + [[]])
        try await client.finish()
        #expect(try await received == all)
        #expect(client.statistics().sentSize == all.count)
        client.close()
        server.close()
    }

    @Test func saysHowMuchWentOutWhenASendFails() async throws {
        let (client, server) = try await tcpPair()
        let error = await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(100))) {
                try await client.send(pieces: [pattern(8_000_000), pattern(8_000_000)])
            }
        }
        let sent = try #require(error?.transferredCount)
        #expect(sent > 0 && sent < 16_000_000)
        #expect(error?.description.hasSuffix("deadline passed after \(sent) bytes") == true)
        try await client.finish()
        #expect(try await receiveAll(server).count == sent)
        client.close()
        server.close()
    }

    // MARK: Files

    @Test(arguments: [0, 1, 70_000])
    func sendsAPartOfAFile(offset: Int) async throws {
        try await withFile(of: pattern(3_000_000)) { file in
            let (client, server) = try await tcpPair()
            async let received = receiveAll(server)
            let count = try await client.sendFile(
                descriptor: file,
                offset: offset,
                count: 2_500_000
            )
            try await client.finish()
            #expect(count == 2_500_000)
            #expect(try await received == Array(pattern(3_000_000)[offset..<offset + 2_500_000]))
            #expect(lseek(file, 0, SEEK_CUR) == 0, "the file's own offset is not used")
            client.close()
            server.close()
        }
    }

    @Test func sendsFewerBytesWhenTheFileIsShorter() async throws {
        try await withFile(of: pattern(1000)) { file in
            let (client, server) = try await tcpPair()
            #expect(try await client.sendFile(descriptor: file, offset: 900, count: 500) == 100)
            #expect(try await client.sendFile(descriptor: file, offset: 2000, count: 5) == 0)
            #expect(try await client.sendFile(descriptor: file, offset: 0, count: 0) == 0)
            try await client.finish()
            #expect(try await receiveAll(server) == Array(pattern(1000)[900...]))
            client.close()
            server.close()
        }
    }

    /// SIGPIPE would end the process: each in one of its own, off a loop's thread and on it.
    @Test func aPeerThatIsGoneIsAnErrorAndNoSignal() async {
        await #expect(processExitsWith: .success) { try await sendFilesToNobody() }
        await #expect(processExitsWith: .success) {
            try await Task(executorPreference: EventLoopGroup.shared.next()) {
                try await sendFilesToNobody()
            }.value
        }
    }

    @Test func saysWhichDescriptorsItCannotSend() async throws {
        let (client, server) = try await tcpPair()
        let error = await expect(.invalidArgument) {
            _ = try await client.sendFile(descriptor: -1, offset: 0, count: 1)
        }
        #expect(error?.errno == EBADF)
        #expect(error?.description.hasPrefix("send file tcp ") == true)
        try await client.send("still there")
        client.close()
        server.close()
    }

    // MARK: Splicing

    @Test func movesEverythingFromOneConnectionToAnother() async throws {
        let (source, left) = try await tcpPair()
        let (right, sink) = try await tcpPair()
        let all = pattern(3_000_001)
        let moving = Task { try await left.splice(to: right) }
        let sending = Task {
            try await source.send(all)
            try await source.finish()
        }
        let receiving = Task { try await receiveAll(sink) }
        try await sending.value
        #expect(try await moving.value == all.count)
        try await right.finish()
        #expect(try await receiving.value == all)
        #expect(left.statistics().receivedSize == all.count)
        #expect(right.statistics().sentSize == all.count)
        for connection in [source, left, right, sink] { connection.close() }
    }

    @Test func saysHowMuchItMovedWhenTheReceiverStops() async throws {
        let (source, left) = try await tcpPair()
        let (right, sink) = try await tcpPair()
        let sending = Task {
            while true { try await source.send([UInt8](repeating: 1, count: 1 << 16)) }
        }
        let error = await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(200))) {
                _ = try await left.splice(to: right)
            }
        }
        #expect(error?.transferredCount == right.statistics().sentSize)
        for connection in [source, left, right, sink] { connection.close() }
        _ = await sending.result
    }

    @Test func movesNothingFromAConnectionThatIsOver() async throws {
        let (source, left) = try await tcpPair()
        let (right, sink) = try await tcpPair()
        try await source.finish()
        #expect(try await left.splice(to: right) == 0)
        for connection in [source, left, right, sink] { connection.close() }
    }

    @Test func splicesPastUrgentDataWhichAnyPeerCanSend() async throws {
        let (client, left) = try await tcpPair()
        let (right, drain) = try await tcpPair()
        try await client.send("before")
        // MSG_OOB by the descriptor's number: no API of ours sends it.
        _ = client.socket.withNumber { number in
            unsafe Glibc.send(number, "!", 1, CInt(MSG_OOB))
        }
        try await client.send("after")
        try await client.finish()
        #expect(try await left.splice(to: right) == 11)
        try await right.finish()
        #expect(try await receiveAll(drain) == Array("beforeafter".utf8))
    }

    /// A loop is not held by a transfer that never has to wait.
    @Test func letsTheOthersOfItsLoopGoFirstWhileItSplices() async throws {
        let loops = try EventLoopGroup(count: 1)
        let loop = loops.next()
        let theirs = try EventLoopGroup(count: 2)
        let (source, left) = try await crossPair(theirs, loops)
        let (sink, right) = try await crossPair(theirs, loops)
        let moving = Task(executorPreference: loop) { try await left.splice(to: right) }
        let sending = Task(executorPreference: theirs.loops[0]) {
            while !Task.isCancelled { try await source.send([UInt8](repeating: 1, count: 1 << 20)) }
            try await source.finish()
        }
        let receiving = Task(executorPreference: theirs.loops[1]) {
            var buffer = ByteBuffer()
            while try await sink.receive(into: &buffer) > 0 { buffer.clear() }
        }
        for _ in 0..<20 {
            try await withDeadline(.after(.seconds(5))) {
                try await loop.sleep(until: .after(.milliseconds(1)))
            }
        }
        sending.cancel()
        _ = await sending.result
        source.close()
        _ = try await moving.value
        right.close()
        _ = try await receiving.value
        #expect(loop.statistics().stalls == 0)
        sink.close()
        left.close()
    }
}

// MARK: Helpers

/// A TCP connection whose ends are on different loops.
private func crossPair(
    _ outer: EventLoopGroup,
    _ inner: EventLoopGroup
) async throws -> (StreamConnection, StreamConnection) {
    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), loops: inner)
    defer { listener.close() }
    let client = try await StreamSocket.create(.ipv4, loops: outer)
        .connect(to: listener.localAddress)
    return (client, try await listener.accept())
}

private func peek(_ connection: StreamConnection, _ count: Int) async throws -> [UInt8] {
    var memory = [UInt8](repeating: 0, count: count)
    var span = memory.mutableSpan
    var bytes = unsafe span.mutableBytes
    let size = try await connection.peek(into: &bytes)
    return Array(memory.prefix(size))
}

private func receiveIfReady(_ connection: StreamConnection, _ count: Int) throws -> [UInt8]? {
    var memory = [UInt8](repeating: 0, count: count)
    var span = memory.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let size = try connection.receiveIfReady(into: &bytes) else { return nil }
    return Array(memory.prefix(size))
}

/// An open file that has no name any more.
private func withFile(of bytes: [UInt8], _ body: (CInt) async throws -> Void) async throws {
    var template = Array("/tmp/switchboard-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    try #require(file >= 0)
    defer { close(file) }
    unsafe unlink(template)
    var written = 0
    while written < bytes.count {
        written += unsafe bytes[written...].withUnsafeBytes {
            unsafe pwrite(file, $0.baseAddress, $0.count, written)
        }
    }
    try await body(file)
}

private func sendFilesToNobody() async throws {
    try await withFile(of: pattern(1_000_000)) { file in
        let (a, b) = try StreamConnection.pair()
        b.close()
        await expect(.brokenPipe) {
            _ = try await a.sendFile(descriptor: file, offset: 0, count: 1_000_000)
        }
        a.close()
        let (client, server) = try await tcpPair()
        server.reset()
        do {
            while true { _ = try await client.sendFile(descriptor: file, offset: 0, count: 1000) }
        } catch let error as SocketError {
            #expect(error.code == .brokenPipe || error.code == .reset)
        }
        client.close()
        // And between connections.
        let (source, left) = try StreamConnection.pair()
        let (right, sink) = try StreamConnection.pair()
        sink.close()
        try await source.send("x")
        await expect(.brokenPipe) { _ = try await left.splice(to: right) }
        for connection in [source, left, right] { connection.close() }
    }
}
