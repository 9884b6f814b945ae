import Glibc
import SocketsTesting
import Testing

@testable import Sockets

/// Neither a byte nor a descriptor is lost, doubled or leaked, whenever a receive is cancelled.
///
/// Each test is a process of its own, because descriptors belong to the whole process.
@Suite("Descriptors in races")
struct DescriptorRaceTests {
    @Test func cancelledReceivesConsumeNothingOfAStream() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let (a, b) = try StreamConnection.pair()
                defer { a.close() }
                defer { b.close() }
                try await race { word, number in
                    try await a.send(word, passing: [number])
                } receive: { descriptors in
                    var buffer = ByteBuffer(limit: wordSize)
                    _ = try await b.receive(into: &buffer, descriptors: &descriptors)
                    return String(decoding: buffer.array(), as: UTF8.self)
                }
            }
        }
    }

    @Test func cancelledReceivesConsumeNothingOfSeqpackets() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let (a, b) = try SeqpacketConnection.pair()
                defer { a.close() }
                defer { b.close() }
                try await race { word, number in
                    try await a.send(word, passing: [number])
                } receive: { descriptors in
                    var memory = [UInt8](repeating: 0, count: 100)
                    var span = memory.mutableSpan
                    var bytes = unsafe span.mutableBytes
                    let message = try await b.receive(into: &bytes, descriptors: &descriptors)
                    return String(decoding: memory.prefix(message?.count ?? 0), as: UTF8.self)
                }
            }
        }
    }

    /// Whoever shared the socket before may have asked for a pidfd with every message.
    @Test func descriptorsNobodyAskedForAreClosed() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                let foreign = try ForeignSocket()
                let connection = try StreamConnection.adopt(Descriptor(foreign.ours))
                defer { connection.close() }
                for option: CInt in [16, 76] {  // SO_PASSCRED, SO_PASSPIDFD
                    let error = System.setOption(foreign.ours, SOL_SOCKET, option, 1)
                    if error != 0 { print("skipped: this kernel has no socket option \(option)") }
                }
                for index in 0..<100 {
                    let count = index % 4
                    try foreign.send([7], passing: Array(repeating: 0, count: count))
                    try foreign.send([8])
                    var descriptors = ReceivedDescriptors(limit: 3)
                    var buffer = ByteBuffer()
                    while buffer.count < 2 {
                        if index.isMultiple(of: 10) {
                            _ = try await connection.receive(into: &buffer)
                        } else {
                            _ = try await connection.receive(
                                into: &buffer,
                                descriptors: &descriptors
                            )
                        }
                    }
                    #expect(descriptors.count == (index.isMultiple(of: 10) ? 0 : count))
                }
            }
        }
    }

    @Test func droppedConnectionsTakeTheirDescriptorsAlong() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                var random = SeededRandom(seed: SeededRandom.testSeed)
                for _ in 0..<300 {
                    let (a, b) = try StreamConnection.pair()
                    let receiving = Task {
                        var descriptors = ReceivedDescriptors(limit: 4)
                        var buffer = ByteBuffer()
                        while try await b.receive(into: &buffer, descriptors: &descriptors) > 0 {
                            buffer.clear()
                            _ = descriptors.popFirst()
                        }
                    }
                    let sending = Task { while true { try await a.send("x", passing: [0, 1]) } }
                    await spin(.nanoseconds(Int.random(in: 0...200_000, using: &random)))
                    if Bool.random(using: &random) { b.close() } else { receiving.cancel() }
                    sending.cancel()
                    _ = await (receiving.result, sending.result)
                    a.close()
                    b.close()
                }
            }
        }
    }
}

/// The words are numbers of so many digits.
private let wordSize = 6

/// Passes numbered sockets and receives them in tasks that are cancelled at drawn times, or whose
/// deadline passes.
private func race(
    send: @escaping @Sendable (String, CInt) async throws -> Void,
    receive: @escaping @Sendable (inout ReceivedDescriptors) async throws -> String
) async throws {
    var random = SeededRandom(seed: SeededRandom.testSeed)
    var next = 0
    var interrupted = 0
    for round in 0..<600 {
        let word = String(String(1_000_000 + round).dropFirst())
        let sendingPause = Int.random(in: 0...150_000, using: &random)
        let sending = Task {
            await spin(.nanoseconds(sendingPause))
            let (here, there) = try StreamConnection.pair()
            defer { here.close() }
            try await here.send(word)
            let descriptor = try there.duplicateDescriptor()
            there.close()
            try await send(word, descriptor.number)
        }
        let byDeadline = Bool.random(using: &random)
        let pause = Duration.nanoseconds(Int.random(in: 0...300_000, using: &random))
        let receiving = Task {
            try await withDeadline(byDeadline ? .after(pause) : .never) {
                try await receiveOne(receive)
            }
        }
        if !byDeadline {
            await spin(pause)
            receiving.cancel()
        }
        do {
            let came = try await receiving.value
            #expect(came == next)
            next += 1
        } catch let error as SocketError {
            #expect(error.code == (byDeadline ? .deadlinePassed : .cancelled), "\(error)")
            #expect(error.transferredCount == 0)
            interrupted += 1
        }
        try await sending.value
        // Not ever more of them on the way.
        while next < round - 3 {
            #expect(try await receiveOne(receive) == next)
            next += 1
        }
    }
    while next < 600 {
        #expect(try await receiveOne(receive) == next)
        next += 1
    }
    #expect(interrupted > 0, "no receive was ever interrupted")
}

/// The number of a message, which its descriptor must confirm.
private func receiveOne(
    _ receive: (inout ReceivedDescriptors) async throws -> String
) async throws -> Int? {
    var descriptors = ReceivedDescriptors(limit: 1)
    let word = try await receive(&descriptors)
    let descriptor = try first(&descriptors)
    let connection = try StreamConnection.adopt(descriptor)
    defer { connection.close() }
    // What it has to say is there already: no task of a test waits here.
    var memory = [UInt8](repeating: 0, count: wordSize)
    var span = memory.mutableSpan
    var bytes = unsafe span.mutableBytes
    #expect(try connection.receiveIfReady(into: &bytes) == wordSize)
    #expect(String(decoding: memory, as: UTF8.self) == word)
    return Int(word)
}

/// Lets time pass more exactly than a sleep could.
private func spin(_ duration: Duration) async {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end { await Task.yield() }
}
