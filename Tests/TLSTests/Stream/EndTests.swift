import Sockets
import SocketsTesting
import TLS
import Testing

/// How streams end, rightly and otherwise.
@Suite("Ends of TLS streams")
struct EndTests {
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aTransportThatEndsIsNoEnd(version: TLSVersion) async throws {
        let (client, server) = try await Parties(versions: version...version).inMemory()
        try await server.send("all of i")
        try await server.transport.finish()
        #expect(try await client.text(atLeast: 8) == "all of i")
        for _ in 0..<2 {
            await expect(.unexpectedEnd, saying: "closed without close_notify") {
                _ = try await client.text()
            }
        }
        // Only what comes was cut.
        try await client.send("still here")
        try await client.finish()
        #expect(try await server.text() == "still here")
    }

    @Test func aRecordCutInTheMiddleIsNoData() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        let cutter = DamagedStream(far)
        async let accepted = TLSStream.accept(over: cutter, configuration: parties.server)
        let client = try await TLSStream.connect(
            over: DamagedStream(near),
            name: Parties.name,
            configuration: parties.client
        )
        let server = try await accepted
        cutter.damage(.cut)
        try await server.send("half of this record never comes")
        await expect(.unexpectedEnd) { _ = try await client.text() }
    }

    @Test func closingMarksTheEnd() async throws {
        let (client, server) = try await Parties().inMemory()
        try await server.send("all of it")
        server.close()
        #expect(try await client.text() == "all of it")
        await expect(.closed) { try await server.send("more") }
    }

    @Test func anAbandonedStreamMarksTheEnd() async throws {
        let client: TLSStream<InMemoryStream>
        do {
            let (near, server) = try await Parties().inMemory()
            client = near
            try await server.send("all of it")
        }
        #expect(try await client.text() == "all of it")
    }

    @Test func anEndInTheHandshakeIsTold() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        far.close()
        await expect(.unexpectedEnd, saying: "during the handshake") {
            _ = try await TLSStream.accept(over: near, configuration: parties.server)
        }
        await expect(.closed) { try await near.send("x") }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "NICK somebody\r\n"])
    func whatIsNoTLSIsRefused(text: String) async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        try await near.send(text)
        await expect(.malformed, saying: "does not speak TLS") {
            _ = try await TLSStream.accept(over: far, configuration: parties.server)
        }
        // Who does not know TLS is not told in TLS.
        #expect(try await near.text().isEmpty)
    }

    @Test func aRecordOfGarbageIsRefusedWithAnAlert() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        try await near.send([22, 3, 1, 0, 5] + Array("hello".utf8))
        await expect(.malformed) {
            _ = try await TLSStream.accept(over: far, configuration: parties.server)
        }
        var buffer = ByteBuffer()
        while try await near.receive(into: &buffer) > 0 {}
        // A record of type alert, fatal (RFC 8446 §6).
        #expect(buffer.array().first == 21)
        #expect(buffer.array().dropFirst(5).first == 2)
    }

    @Test func aServerThatIsNoneIsTold() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        try await far.send("220 mail.example ESMTP\r\n")
        await expect(.malformed, saying: "does not speak TLS") {
            _ = try await TLSStream.connect(
                over: near,
                name: Parties.name,
                configuration: parties.client
            )
        }
    }

    @Test func garbageAfterTheHandshakeIsMalformedAndTold() async throws {
        let (client, server) = try await Parties().inMemory()
        try await client.transport.send([UInt8](repeating: 23, count: 100))
        await expect(.malformed) { _ = try await server.text() }
        await expect(.malformed) { try await server.send("more") }
        await expect(.reset, saying: "alert") { _ = try await client.text() }
    }

    @Test func aSilentClientMeetsTheDeadlineAndCancellation() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) {
                _ = try await TLSStream.accept(over: far, configuration: parties.server)
            }
        }
        await expect(.closed) { try await far.send("x") }
        #expect(try await near.text().isEmpty)
        let (kept, other) = InMemoryStream.pair()
        let accepting = Task {
            await expect(.cancelled) {
                _ = try await TLSStream.accept(over: other, configuration: parties.server)
            }
        }
        accepting.cancel()
        await accepting.value
        #expect(try await kept.text().isEmpty)
    }

    @Test func aClientThatTricklesIsServed() async throws {
        let parties = try Parties()
        let (near, far) = InMemoryStream.pair()
        let (client, server) = try await parties.pair(
            over: (
                ChunkingStream(near, sending: .repeating(1)),
                ChunkingStream(far, receiving: .repeating(1))
            )
        )
        try await client.send("a byte at a time")
        #expect(try await server.text(atLeast: 16) == "a byte at a time")
    }
}
