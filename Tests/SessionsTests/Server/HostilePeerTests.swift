import SessionProtocol
import Sockets
import SocketsTesting
import Testing

@testable import Sessions

/// Peers that break rules, over real connections, while others are served.
@Suite struct HostilePeerTests {
    private static var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        return handlers
    }

    /// Frames behind the first ones, and what the server says to them (docs/session-protocol.md).
    struct Offence: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: SessionCode

        init(_ words: String, _ bytes: [UInt8], _ code: SessionCode) {
            testDescription = words
            self.bytes = bytes
            self.code = code
        }

        static let all = [
            Offence("a size of zero", [0], .malformed),
            Offence("a size beyond the limit", [0x80, 0, 0x40, 0], .malformed),
            Offence("a number in too many bytes", [3, 0x04, 0x40, 0x01], .malformed),
            Offence("bytes behind the last field", [3, 0x04, 0, 0], .malformed),
            Offence("ACK of what was never sent", [2, 0x04, 9], .malformed),
            Offence("PONG that nobody asked for", [3, 0x06, 1, 1], .malformed),
            Offence("an unknown frame", [2, 0x30, 0], .unknownFrame),
            Offence("MESSAGE of no stream", [4, 0x40, 8, 1, 2], .wrongState),
            Offence("OPEN that skips a number", [5, 0x20, 4, 0, 0, 0], .wrongState),
            Offence("OPEN of the server's", [5, 0x20, 1, 0, 0, 0], .wrongState),
            Offence("END twice", call + end + end, .wrongState),
            Offence("TAKEN of what was never sent", call + [3, 0x21, 0, 5], .malformed),
            Offence("REFUSE from a client", [4, 0x03, 9, 0, 0], .wrongState),
            Offence("DRAIN from a client", [4, 0x07, 0, 0, 0], .wrongState),
            Offence("streams without end", openings(129), .limit),
            Offence("messages beyond the window", messages(17), .limit),
        ]

        static let call: [UInt8] = [5, 0x20, 0, 3, 0, 0]
        static let end: [UInt8] = [4, 0x25, 0, 0, 0]

        static func openings(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { index -> [UInt8] in
                let id = index * 2
                let number = id < 64 ? [UInt8(id)] : [0x40 | UInt8(id >> 8), UInt8(id & 0xFF)]
                return [UInt8(4 + number.count), 0x20] + number + [0, 0, 0]
            }
        }

        /// Of 16,000 bytes each, in a log that nobody reads.
        static func messages(_ count: Int) -> [UInt8] {
            let message: [UInt8] = [0x7E, 0x82, 0x40, 0] + [UInt8](repeating: 7, count: 16_000)
            return [5, 0x20, 0, 0, 0, 0] + (0..<count).flatMap { _ in message }
        }
    }

    @Test(arguments: Offence.all)
    func whoBreaksARuleIsToldOnceAndOthersAreServed(_ offence: Offence) async throws {
        let bench = SessionBench(.tcp)
        try await bench.serve {
            try await $0.waitForEnd()
        } during: {
            try await bench.connect { other in
                let client = BareClient(try await bench.dial("localhost:1"))
                #expect(try await client.attach() == nil)
                try await client.flush()
                // The server may have closed before it has read all.
                try? await client.stream.send(offence.bytes)
                #expect(try await client.fault() == offence.code)
                while bench.server.sessions.count > 1 { await Task.yield() }
                #expect(other.isAttached)
            }
        }
    }

    @Test(
        arguments: [
            ("a frame before ATTACH", [0xD3, 0x53, 0x42, 1, 3, 0x04, 0x40, 0x64], true),
            ("another hello", [0xD3, 0x53, 0x42, 0, 1], true),
            ("half an ATTACH", [0xD3, 0x53, 0x42, 1, 0x33, 0x01, 0, 1, 2], false),
            ("nothing", [], false),
        ] as [(String, [UInt8], Bool)]
    )
    func whoDoesNotAttachGetsNothing(_ words: String, _ bytes: [UInt8], _ isTold: Bool) async throws
    {
        let bench = SessionBench(.tcp)
        try await bench.serve {
            try await $0.serve(Self.handlers)
        } during: {
            try await bench.connect { other in
                let stream = try await bench.dial("localhost:1")
                defer { stream.close() }
                if !bytes.isEmpty { try await stream.send(bytes) }
                try await stream.finish()
                var buffer = ByteBuffer()
                while try await stream.receive(into: &buffer) > 0 {}
                let answer = buffer.array()
                #expect(answer.isEmpty == !isTold)
                if isTold { #expect(answer[5] == 0x08) }
                while bench.server.statistics().strangerCount < 1 { await Task.yield() }
                #expect(bench.server.sessions.count == 1)
                #expect(try await other.call("echo", "x") == Array("x".utf8))
            }
        }
    }

    /// Streams are opened and given up; each answer waits for an acknowledgement that never comes.
    @Test func whoNeverAcknowledgesMeetsALimit() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.settings.retainedSizeLimit = 16_384
        configuration.settings.answerSizeLimit = 16_384
        let bench = SessionBench(.tcp)
        let endings = TestLock<[SessionEnding]>([])
        try await bench.serve(configuration) { session in
            defer { session.ending.map { ending in endings.withLock { $0.append(ending) } } }
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect { other in
                let client = BareClient(try await bench.dial("localhost:1"))
                #expect(try await client.attach() == nil)
                try await client.flush()
                var id = 0
                // Nothing of what the server answers is read.
                while endings.withLock({ $0.isEmpty }), id < 1 << 20 {
                    var bytes: [UInt8] = []
                    for _ in 0..<100 {
                        let number = (0..<4).map { UInt8(truncatingIfNeeded: id >> (24 - 8 * $0)) }
                        let isShort = id < 64
                        let isMiddle = id < 16_384
                        var field =
                            isShort ? [UInt8(id)] : isMiddle ? Array(number[2...]) : number
                        if !isShort { field[0] |= isMiddle ? 0x40 : 0x80 }
                        bytes += [UInt8(4 + field.count), 0x20] + field + [3, 0, 0]
                        bytes += [UInt8(3 + field.count), 0x26] + field + [1, 0]
                        id += 2
                    }
                    guard (try? await client.stream.send(bytes)) != nil else { break }
                    #expect(try await other.call("echo", "x") == Array("x".utf8))
                }
                while endings.withLock({ $0.isEmpty }) { await Task.yield() }
                #expect(endings.withLock { $0.first?.code } == .limit)
                #expect(try await other.call("echo", "x") == Array("x".utf8))
            }
        }
    }

    /// A stream that is opened, and what gives it up at once.
    private func opening(_ index: Int, isCall: Bool) -> (open: [UInt8], reset: [UInt8]) {
        let id = UInt8(truncatingIfNeeded: index * 2)
        let high = UInt8(truncatingIfNeeded: (index * 2) >> 8)
        let field = index < 32 ? [id] : [0x40 | high, id]
        let size = UInt8(field.count)
        var bytes = [4 + size, 0x20] + field + [isCall ? 3 : 0, 0, 0]
        if isCall { bytes += [2 + size, 0x42] + field + [7] }
        return (bytes, [3 + size, 0x26] + field + [1, 0])
    }

    /// Receives until so many RESET have come, or a few less: other bytes may look like one.
    private func receive(
        _ count: Int,
        from client: BareClient,
        _ buffer: inout ByteBuffer
    ) async throws {
        while buffer.array().count(where: { $0 == 0x26 }) < count {
            guard try await client.stream.receive(into: &buffer) > 0 else { return }
        }
    }

    /// Giving a stream up frees its place: what nobody has taken over may not gather.
    @Test(arguments: [true, false])
    func whoOpensAndGivesUpGathersNothing(_ isCall: Bool) async throws {
        let bench = SessionBench(.tcp)
        try await bench.serve {
            try await $0.waitForEnd()
        } during: {
            let client = BareClient(try await bench.dial("localhost:1"))
            #expect(try await client.attach() == nil)
            try await client.flush()
            for index in 0..<2_000 {
                let (open, reset) = opening(index, isCall: isCall)
                try await client.stream.send(open + reset)
            }
            var buffer = ByteBuffer()
            try await receive(2_000, from: client, &buffer)
            let session = try #require(bench.server.sessions.first)
            #expect(session.state.withLock { $0.incoming.count } <= 128)
            #expect(session.ending == nil)
        }
    }

    /// Nor may the handlers that go on.
    @Test func asManyHandlersRunAsStreamsMayBeOpen() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.settings.limits.streamLimit = 4
        let bench = SessionBench(.tcp)
        let release = Turnstile()
        let started = TestLock(0)
        var handlers = SessionHandlers()
        handlers.call("") { _ in
            started.withLock { $0 += 1 }
            // Heeds nothing.
            await release.pass()
        }
        try await bench.serve(configuration) { [handlers] in
            try await $0.serve(handlers)
        } during: {
            let client = BareClient(try await bench.dial("localhost:1"))
            #expect(try await client.attach() == nil)
            try await client.flush()
            var buffer = ByteBuffer()
            for index in 0..<12 {
                let (open, reset) = opening(index, isCall: true)
                try await client.stream.send(open)
                while index < 4, started.withLock({ $0 }) <= index { await Task.yield() }
                // Later ones have all the time they could want to begin, and must not.
                if index >= 4 {
                    try await EventLoopGroup.shared.next().sleep(until: .after(.milliseconds(20)))
                }
                try await client.stream.send(reset)
            }
            try await receive(8, from: client, &buffer)
            #expect(started.withLock { $0 } == 4)
            // Those that end make room for the next.
            try await client.stream.send(opening(12, isCall: true).open)
            release.open()
            while started.withLock({ $0 }) < 5 { await Task.yield() }
        }
    }

    /// What an application sends to a client that does not read waits in its own, bounded queue.
    @Test func whoNeverReadsHoldsAQueueAndNothingMore() async throws {
        let bench = SessionBench(.tcp)
        let flooded = TestLock<Session?>(nil)
        try await bench.serve { session in
            guard bench.server.sessions.count > 1 else {
                return try await session.serve(Self.handlers)
            }
            flooded.withLock { $0 = session }
            let log = try await session.log("flood")
            while true { try await log.post([UInt8](repeating: 7, count: 10_000)) }
        } during: {
            try await bench.connect { other in
                _ = try await other.call("echo", "x")
                let client = BareClient(try await bench.dial("localhost:1"))
                #expect(try await client.attach() == nil)
                try await client.flush()
                while flooded.withLock({ $0 == nil }) { await Task.yield() }
                let session = try #require(flooded.withLock { $0 })
                var counts = [0, -1]
                while counts.last != counts.first || counts.last == 0 {
                    for _ in 0..<20 {
                        #expect(try await other.call("echo", "x") == Array("x".utf8))
                        try await other.loop.sleep(until: .after(.milliseconds(5)))
                    }
                    counts = [counts[1], session.statistics().sentCount]
                }
                // The client's window, and a queue of 1 MiB; and its last message, which began below it.
                let size = counts[1] * 10_032
                #expect(size <= 262_144 + 1_048_576 + 10_032)
                #expect(size >= 1_000_000)
            }
        }
    }

    /// The last words of a session do not keep its connection for ever.
    @Test func whoBreaksARuleAndDoesNotReadIsCutOff() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.closeTimeLimit = .milliseconds(300)
        let bench = SessionBench()
        try await bench.serve(configuration) { session in
            let log = try await session.log("flood")
            while true { try await log.post([UInt8](repeating: 7, count: 10_000)) }
        } during: {
            let (near, far) = InMemoryStream.pair(capacity: 4_096)
            let isOver = TestLock(false)
            let serving = Task {
                await bench.server.attach(far)
                isOver.withLock { $0 = true }
            }
            let client = BareClient(near)
            #expect(try await client.attach() == nil)
            try await client.flush()
            // The server's writer is held up: nothing is read any more.
            while bench.server.sessions.first.map({ $0.statistics().sentCount < 50 }) ?? true {
                await Task.yield()
            }
            try await near.send([0])
            let giveUp = Deadline.after(.seconds(5))
            while !isOver.withLock({ $0 }), !giveUp.hasPassed { await Task.yield() }
            #expect(isOver.withLock { $0 })
            near.close()
            await serving.value
        }
    }
}
