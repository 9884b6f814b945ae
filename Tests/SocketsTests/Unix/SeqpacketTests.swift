import Glibc
import Testing

@testable import Sockets

@Suite("Sequenced packets")
struct SeqpacketTests {
    @Test func keepTheirBordersAndOrder() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        let sizes = [1, 2, 1000, 1, 65_536, 100_000]
        let sending = Task {
            for size in sizes { try await a.send(pattern(size)) }
            try await a.finish()
        }
        for size in sizes { #expect(try await b.receive(limit: 200_000) == pattern(size)) }
        #expect(try await b.receive(limit: 10) == nil)
        #expect(try await b.receive(limit: 10) == nil)
        try await sending.value
        // The other way goes on.
        try await b.send("still here")
        #expect(try await a.receive(limit: 100) == Array("still here".utf8))
        #expect(a.statistics().sentSize == sizes.reduce(0, +))
        #expect(b.statistics().receivedSize == sizes.reduce(0, +))
    }

    @Test func sayWhenTheyDidNotFit() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        try await a.send("0123456789")
        try await a.send("01234")
        var memory = [UInt8](repeating: 0, count: 5)
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        let cut = try #require(try await b.receive(into: &bytes))
        #expect(cut == .init(count: 5, size: 10) && cut.isTruncated)
        let whole = try #require(try await b.receive(into: &bytes))
        #expect(whole == .init(count: 5, size: 5) && !whole.isTruncated)
        #expect(memory == Array("01234".utf8))
    }

    @Test func areGoneWhenTheyAreOverTheLimit() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        try await a.send("0123456789")
        try await a.send("next")
        let error = await expect(.limitExceeded) { _ = try await b.receive(limit: 9) }
        #expect(error?.detail == "a message of 10 bytes, and 9 is the limit")
        #expect(try await b.receive(limit: 9) == Array("next".utf8))
    }

    @Test func nameTheLimitWhenTheyAreTooLargeToSend() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        try a.set(.sendBufferSize, to: 50_000)
        let size = try a.get(.sendBufferSize)
        let error = await expect(.messageTooLarge) {
            try await a.send([UInt8](repeating: 0, count: size))
        }
        #expect(
            error?.description == "send unix:*: message too large (EMSGSIZE): \(size) bytes into "
                + "a send buffer of \(size)"
        )
        try await a.send("small")
        #expect(try await b.receive(limit: 9) == Array("small".utf8))
    }

    @Test func areNotSentEmpty() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        let error = await expect(.invalidArgument) { try await a.send("") }
        #expect(error?.detail == "an empty message looks like the end")
        try await a.send("x")
        #expect(try await b.receive(limit: 9) == [UInt8(ascii: "x")])
    }

    @Test func areReceivedEmptyFromOthers() async throws {
        let foreign = try ForeignSocket(type: SOCK_SEQPACKET)
        let connection = try SeqpacketConnection.adopt(Descriptor(foreign.ours))
        try foreign.send([])
        #expect(try await connection.receive(limit: 9) == [])
        try foreign.send([])
        try foreign.send([1])
        try foreign.send([])
        #expect(shutdown(foreign.number, CInt(SHUT_WR)) == 0)
        var memory = [UInt8](repeating: 0, count: 9)
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        // Something comes behind it, so it is none of the ends.
        #expect(try await connection.receive(into: &bytes) == .init(count: 0, size: 0))
        #expect(try await connection.receive(into: &bytes) == .init(count: 1, size: 1))
        #expect(try await connection.receive(into: &bytes) == nil)
        #expect(try await connection.receive(limit: 9) == nil)
    }

    /// What comes with it tells it from the end.
    @Test func areReceivedEmptyBeforeTheEndWhenTheyCarryDescriptors() async throws {
        let foreign = try ForeignSocket(type: SOCK_SEQPACKET)
        let connection = try SeqpacketConnection.adopt(Descriptor(foreign.ours))
        try foreign.send([], passing: [0])
        #expect(shutdown(foreign.number, CInt(SHUT_WR)) == 0)
        var memory = [UInt8](repeating: 0, count: 9)
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        var descriptors = ReceivedDescriptors(limit: 1)
        let empty = try await connection.receive(into: &bytes, descriptors: &descriptors)
        #expect(empty == .init(count: 0, size: 0))
        #expect(descriptors.count == 1)
        #expect(try await connection.receive(into: &bytes, descriptors: &descriptors) == nil)
    }

    @Test func waitForRoomAndGoOn() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        let count = 5000
        let sending = Task {
            for index in 0..<count { try await a.send("\(index)") }
            try await a.finish()
        }
        for index in 0..<count {
            #expect(try await b.receive(limit: 9) == Array("\(index)".utf8))
        }
        #expect(try await b.receive(limit: 9) == nil)
        try await sending.value
    }

    @Test func areAllOrNothingWhenASendFails() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        var sent = 0
        let error = await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(50))) {
                while true {
                    try await a.send([UInt8](repeating: 7, count: 10_000))
                    sent += 1
                }
            }
        }
        #expect(error?.transferredCount == 0)
        a.close()
        var received = 0
        while let message = try await b.receive(limit: 10_000) {
            #expect(message.count == 10_000)
            received += 1
        }
        #expect(received == sent && sent > 0)
    }

    @Test func haveOneReceiverAtATime() async throws {
        let loops = try EventLoopGroup(count: 1)
        let (a, b) = try SeqpacketConnection.pair(loops: loops)
        let receiving = Task { try await b.receive(limit: 9) }
        try await eventually { b.loop.statistics().registeredSockets > 0 }
        await expect(.busy) { _ = try await b.receive(limit: 9) }
        try await a.send("x")
        #expect(try await receiving.value == [UInt8(ascii: "x")])
    }

    @Test func endWithTheirConnection() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(5))) { _ = try await b.receive(limit: 9) }
        }
        b.idleLimit = .milliseconds(5)
        await expect(.idleLimit) { _ = try await b.receive(limit: 9) }
        b.idleLimit = nil
        let cancelled = Task { try await b.receive(limit: 9) }
        cancelled.cancel()
        await expect(.cancelled) { _ = try await cancelled.value }
        try await b.send("never read")
        a.close()
        await expect(.reset) { _ = try await b.receive(limit: 9) }
        #expect(try await b.receive(limit: 9) == nil)
        await expect(.brokenPipe) { try await b.send("x") }
        b.close()
        await expect(.closed) { _ = try await b.receive(limit: 9) }
        await expect(.closed) { try await b.send("x") }
    }

    @Test func carryDescriptors() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        let (one, two) = (try Witness(), try Witness())
        try await one.say("hello")
        try await one.pass { try await a.send("first", passing: [$0]) }
        try await two.pass { try await a.send("second", passing: [$0, $0]) }
        var descriptors = ReceivedDescriptors(limit: 1)
        var memory = [UInt8](repeating: 0, count: 9)
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        let message = try await b.receive(into: &bytes, descriptors: &descriptors)
        #expect(message == .init(count: 5, size: 5))
        let descriptor = try first(&descriptors)
        #expect(try await word(descriptor) == "hello")
        await expect(.limitExceeded) {
            var memory = [UInt8](repeating: 0, count: 9)
            var span = memory.mutableSpan
            var bytes = unsafe span.mutableBytes
            _ = try await b.receive(into: &bytes, descriptors: &descriptors)
        }
        await one.expectGone()
        await two.expectGone()
    }

    @Test func dropDescriptorsNobodyAskedFor() async throws {
        let (a, b) = try SeqpacketConnection.pair()
        for limit in [true, false] {
            let witness = try Witness()
            try await witness.pass { try await a.send("x", passing: [$0]) }
            var memory = [UInt8](repeating: 0, count: 9)
            var span = memory.mutableSpan
            var bytes = unsafe span.mutableBytes
            if limit {
                #expect(try await b.receive(limit: 9) == [UInt8(ascii: "x")])
            } else {
                #expect(try await b.receive(into: &bytes) == .init(count: 1, size: 1))
            }
            await witness.expectGone()
        }
    }
}
