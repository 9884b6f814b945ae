import Glibc
import Testing

@testable import Sockets

@Suite("Descriptors on Unix streams")
struct DescriptorPassingTests {
    @Test func arriveWithTheBytesTheyWereSentWith() async throws {
        let (a, b) = try StreamConnection.pair()
        try await a.send("before ")
        let witness = try Witness()
        try await witness.say("hello")
        try await witness.pass { try await a.send("with", passing: [$0]) }
        try await a.send(" after")
        var descriptors = ReceivedDescriptors(limit: 1)
        var buffer = ByteBuffer()
        var ends: [Int] = []
        while buffer.count < 17 {
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
            if !descriptors.isEmpty, ends.isEmpty { ends.append(buffer.count) }
        }
        #expect(String(decoding: buffer.array(), as: UTF8.self) == "before with after")
        // With the first byte of "with" at the earliest, and not past its last.
        #expect((8...11).contains(try #require(ends.first)))
        let descriptor = try first(&descriptors)
        #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try await word(descriptor) == "hello")
        await witness.expectGone()
    }

    @Test func arriveInOrderAndAllThatTheKernelTakes() async throws {
        let (a, b) = try StreamConnection.pair()
        let witnesses = try (0..<253).map { _ in try Witness() }
        let passed = try witnesses.map { _ in try StreamConnection.pair() }
        for index in passed.indices { try await passed[index].0.send("\(index)") }
        var numbers: [CInt] = []
        for pair in passed { numbers.append(try pair.1.duplicateDescriptor().release()) }
        try await a.send("x", passing: numbers)
        for number in numbers { _ = Descriptor(number) }
        var descriptors = ReceivedDescriptors(limit: ReceivedDescriptors.sendLimit)
        var memory = [UInt8](repeating: 0, count: 10)
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        #expect(try await b.receive(into: &bytes, descriptors: &descriptors) == 1)
        #expect(descriptors.count == 253)
        var index = 0
        while let descriptor = descriptors.popFirst() {
            #expect(try await word(descriptor) == "\(index)")
            index += 1
        }
        #expect(index == 253)
        for pair in passed {
            pair.0.close()
            pair.1.close()
        }
    }

    @Test func areClosedWhenNobodyTakesThem() async throws {
        let (a, b) = try StreamConnection.pair()
        let witness = try Witness()
        try await witness.pass { try await a.send("x", passing: [$0]) }
        do {
            var descriptors = ReceivedDescriptors(limit: 1)
            var buffer = ByteBuffer()
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
            #expect(descriptors.count == 1)
        }
        await witness.expectGone()
    }

    @Test func areClosedWhenTheReceiverDoesNotAskForThem() async throws {
        let (a, b) = try StreamConnection.pair()
        let witness = try Witness()
        try await witness.pass { try await a.send("x", passing: [$0]) }
        var buffer = ByteBuffer()
        #expect(try await b.receive(into: &buffer) == 1)
        await witness.expectGone()
    }

    @Test func areClosedWhenTheBytesAreSpliced() async throws {
        let (a, b) = try StreamConnection.pair()
        let (c, d) = try StreamConnection.pair()
        let witness = try Witness()
        let splicing = Task { try await b.splice(to: c) }
        for _ in 0..<50 {
            try await a.send("one", passing: [0])
            try await a.send("two")
        }
        try await witness.pass { try await a.send("three", passing: [$0]) }
        try await a.finish()
        #expect(try await splicing.value == 305)
        await witness.expectGone()
        c.close()
        #expect(try await receiveAll(d).count == 305)
    }

    @Test func areClosedWhenTheConnectionIsBeforeTheyWereRead() async throws {
        let (a, b) = try StreamConnection.pair()
        let witness = try Witness()
        try await witness.pass { try await a.send("x", passing: [$0]) }
        b.close()
        await witness.expectGone()
    }

    /// A receive ends where they are, although more is in the queue: the next one must not wait for
    /// an event that has been.
    @Test(arguments: [true, false])
    func doNotHideWhatComesAfterThem(asking: Bool) async throws {
        let (a, b) = try StreamConnection.pair()
        // Known to its loop from here on.
        let first = Task {
            var buffer = ByteBuffer()
            return try await b.receive(into: &buffer)
        }
        try await eventually { b.loop.statistics().registeredSockets > 0 }
        try await a.send("x")
        #expect(try await first.value == 1)
        for _ in 0..<50 {
            try await a.send("one", passing: [0])
            try await a.send("two")
            // Both events have been by then: the loop has done something asked of it later.
            try await b.loop.sleep(until: .after(.milliseconds(1)))
            var buffer = ByteBuffer()
            try await withDeadline(.after(.seconds(10))) {
                while buffer.count < 6 {
                    if asking {
                        var descriptors = ReceivedDescriptors(limit: 1)
                        _ = try await b.receive(into: &buffer, descriptors: &descriptors)
                    } else {
                        _ = try await b.receive(into: &buffer)
                    }
                }
            }
        }
    }

    @Test func areAllClosedWhenMoreComeThanTheLimit() async throws {
        let (a, b) = try StreamConnection.pair()
        let held = try Witness()
        try await held.say("held")
        try await held.pass { try await a.send("1", passing: [$0]) }
        let (one, two) = (try Witness(), try Witness())
        try await one.pass { first in
            try await two.pass { second in try await a.send("23", passing: [first, second]) }
        }
        var descriptors = ReceivedDescriptors(limit: 2)
        var buffer = ByteBuffer()
        _ = try await b.receive(into: &buffer, descriptors: &descriptors)
        let error = await expect(.limitExceeded) {
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
        }
        #expect(error?.transferredCount == 2)
        #expect(
            error?.description
                == "receive unix:*: limit exceeded: 2 descriptors came at once, and 2 may be held "
                + "after 2 bytes"
        )
        #expect(buffer.array() == Array("123".utf8))
        await one.expectGone()
        await two.expectGone()
        // Both the one that is held and the connection are as they were.
        let kept = try first(&descriptors)
        #expect(try await word(kept) == "held")
        try await a.send("4")
        #expect(try await b.receive(into: &buffer, descriptors: &descriptors) == 1)
    }

    @Test func failWhenTheProcessCanHaveNoMore() async {
        await #expect(processExitsWith: .success) {
            let (a, b) = try StreamConnection.pair()
            let (one, two) = (try Witness(), try Witness())
            try await one.pass { first in
                try await two.pass { second in try await a.send("xy", passing: [first, second]) }
            }
            var descriptors = ReceivedDescriptors(limit: 10)
            var buffer = ByteBuffer()
            // Room for one of the two.
            let free = Descriptor(dup(0))
            let limit = try DescriptorLimit.lower(to: Int(free.number) + 1)
            _ = consume free
            let error = await expect(.descriptorLimit) {
                _ = try await b.receive(into: &buffer, descriptors: &descriptors)
            }
            limit.restore()
            #expect(error?.transferredCount == 2)
            #expect(descriptors.count == 0)
            await one.expectGone()
            await two.expectGone()
        }
    }

    @Test func goOnlyOnceWithALongSend() async throws {
        let (a, b) = try StreamConnection.pair()
        let bytes = pattern(3_000_000)
        let witness = try Witness()
        let sending = Task {
            try await witness.pass { try await a.send(bytes, passing: [$0, $0]) }
            try await a.finish()
        }
        var descriptors = ReceivedDescriptors(limit: 10)
        var buffer = ByteBuffer()
        while try await b.receive(into: &buffer, descriptors: &descriptors) > 0 {
            #expect(descriptors.count == 2)
        }
        try await sending.value
        #expect(buffer.array() == bytes)
    }

    @Test func areOutWithTheFirstBytesOfASendThatFails() async throws {
        let (a, b) = try StreamConnection.pair()
        let witness = try Witness()
        let error = await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(30))) {
                try await witness.pass {
                    try await a.send([UInt8](repeating: 1, count: 5_000_000), passing: [$0])
                }
            }
        }
        #expect(try #require(error).transferredCount > 0)
        var descriptors = ReceivedDescriptors(limit: 1)
        var buffer = ByteBuffer()
        _ = try await b.receive(into: &buffer, descriptors: &descriptors)
        #expect(descriptors.count == 1)
    }

    @Test func stayBehindWhenNotEvenAByteWentOut() async throws {
        let (a, b) = try StreamConnection.pair()
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(30))) {
                try await a.send([UInt8](repeating: 1, count: 5_000_000))
            }
        }
        let witness = try Witness()
        try await witness.pass { number in
            let error = await expect(.deadlinePassed) {
                try await withDeadline(.after(.milliseconds(30))) {
                    try await a.send("x", passing: [number])
                }
            }
            #expect(error?.transferredCount == 0)
        }
        await witness.expectGone()
        b.close()
    }

    /// RLIMIT_NOFILE also counts what is between processes; not for root, who may do without.
    @Test func areRefusedWhenTooManyAreOnTheWay() async {
        await #expect(processExitsWith: .success) {
            let (a, b) = try StreamConnection.pair()
            _ = try DescriptorLimit.lower(to: 100)
            if geteuid() == 0 { try #require(seteuid(65_533) == 0) }
            let error = await expect(.descriptorLimit) {
                for _ in 0..<10 { try await a.send("x", passing: Array(repeating: 0, count: 50)) }
            }
            #expect(error?.errno == ETOOMANYREFS)
            // Received, they are on the way no more.
            var descriptors = ReceivedDescriptors(limit: 60)
            var buffer = ByteBuffer()
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
            #expect(descriptors.count == 50)
            try await a.send("x", passing: [0])
        }
    }

    @Test func needAByteAndAnOpenNumberAndKeepToTheKernelsLimit() async throws {
        let (a, b) = try StreamConnection.pair()
        let empty = await expect(.invalidArgument) { try await a.send([], passing: [0]) }
        #expect(empty?.detail == "descriptors travel with a byte at least")
        let many = await expect(.invalidArgument) {
            try await a.send("x", passing: Array(repeating: 0, count: 254))
        }
        #expect(many?.detail == "254 descriptors at once, and the kernel's limit is 253")
        let closed = await expect(.invalidArgument) { try await a.send("x", passing: [0, -1]) }
        #expect(closed?.errno == EBADF)
        // Nothing of all that went out.
        #expect(try b.unreadCount() == 0)
        try await a.send("none", passing: [])
        var descriptors = ReceivedDescriptors(limit: 1)
        var buffer = ByteBuffer()
        #expect(try await b.receive(into: &buffer, descriptors: &descriptors) == 4)
        #expect(descriptors.count == 0)
    }

    @Test func areRefusedByTCPWhichWouldIgnoreThem() async throws {
        let (client, server) = try await tcpPair()
        let error = await expect(.unsupported) { try await client.send("x", passing: [0]) }
        #expect(error?.detail == "descriptors pass Unix sockets only")
        var descriptors = ReceivedDescriptors(limit: 1)
        await expect(.unsupported) {
            var buffer = ByteBuffer()
            _ = try await server.receive(into: &buffer, descriptors: &descriptors)
        }
        #expect(try server.unreadCount() == 0)
    }

    @Test func endLikeEveryReceive() async throws {
        let (a, b) = try StreamConnection.pair()
        var descriptors = ReceivedDescriptors(limit: 1)
        var buffer = ByteBuffer(limit: 3)
        try await a.send("123")
        #expect(try await b.receive(into: &buffer, descriptors: &descriptors) == 3)
        let full = await expect(.limitExceeded) {
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
        }
        #expect(full?.transferredCount == 0)
        try await a.finish()
        buffer.clear()
        #expect(try await b.receive(into: &buffer, descriptors: &descriptors) == 0)
        b.close()
        await expect(.closed) {
            _ = try await b.receive(into: &buffer, descriptors: &descriptors)
        }
        await expect(.brokenPipe) { try await a.send("x", passing: [0]) }
        a.close()
        await expect(.closed) { try await a.send("x", passing: [0]) }
    }
}
