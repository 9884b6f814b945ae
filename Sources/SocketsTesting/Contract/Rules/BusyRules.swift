internal import Sockets

/// One reader and one writer at a time.
extension ContractRun where Stream: ByteStream {
    func busyRules() async throws {
        for first in ReceiveForm.allCases {
            for second in ReceiveForm.allCases { try await secondReceive(first, second) }
        }
        try await secondSend()
        try await racingReaders()
        try await racingWriters()
    }

    private func secondReceive(_ first: ReceiveForm, _ second: ReceiveForm) async throws {
        let name = "of two receives, \(first.rawValue) and \(second.rawValue), one is busy"
        try await rule(name, count: max(1, races / 32)) { trial in
            let b = trial.b
            let (results, sink) = AsyncStream<Result<[UInt8], SocketError>>.makeStream()
            for form in [first, second] {
                let receiver = trial.start { () async throws(SocketError) in
                    try await b.receive(form, limit: 16)
                }
                Task { sink.yield(await receiver.value) }
                await trial.pause().run()
            }
            var iterator = results.makeAsyncIterator()
            // Nothing was sent, so whoever ends first was refused; the other one waits on.
            try await iterator.next()?.failure(oneOf: .busy, in: "one of two receives")
            try await trial.a.send(BytePattern.bytes(at: 0, count: 1))
            var reception = Reception(b)
            if let bytes = try await iterator.next()?.get() { try reception.accept(bytes) }
            try expect(reception.count == 1, "the receive that waited got no byte")
            try await trial.a.send(BytePattern.bytes(at: 1, count: 1))
            try await reception.receive(upTo: 2, first)
        }
    }

    private func secondSend() async throws {
        try await rule("of two sends that wait, one is busy and sends nothing", count: 2) { trial in
            let (a, size) = (trial.a, beyondAnyBuffer)
            let (results, sink) = AsyncStream<(Int, Result<Void, SocketError>)>.makeStream()
            let origins = [0, 30_000]
            let senders = origins.map { origin in
                trial.start { () async throws(SocketError) in
                    try await a.send(BytePattern.bytes(at: origin, count: size))
                }
            }
            for (origin, sender) in zip(origins, senders) {
                Task { sink.yield((origin, await sender.value)) }
            }
            var iterator = results.makeAsyncIterator()
            guard let (refused, result) = await iterator.next() else { return }
            let error = try result.failure(oneOf: .busy, in: "one of two sends")
            try expect(error.transferredCount == 0, "the refused send says that bytes went out")
            for sender in senders { sender.cancel() }
            guard let (origin, cut) = await iterator.next() else { return }
            try expect(origin != refused, "the same send ended twice")
            let sent = try cut.failure(oneOf: .cancelled, in: "the other send").transferredCount
            // It may have to wait for room.
            let finishing = trial.start { () async throws(SocketError) in try await a.finish() }
            var reception = Reception(trial.b, origin: origin)
            try await reception.drain()
            try await finishing.value.get()
            try expect(reception.count == sent, "\(reception.count) bytes came of \(sent)")
        }
    }

    private func racingReaders() async throws {
        try await rule("two racing readers lose no byte") { trial in
            let (a, b, size) = (trial.a, trial.b, 300_000)
            let draws = trial.random.fork()
            let sender = trial.start { () async throws(SocketError) in
                var (draws, sent) = (draws, 0)
                while sent < size {
                    let count = min(Int.random(in: 1...2000, using: &draws), size - sent)
                    try await a.send(BytePattern.bytes(at: sent, count: count))
                    sent += count
                }
                try await a.finish()
            }
            let readers = ReceiveForm.allCases.map { form in
                trial.startChecking { try await b.histogram(form) }
            }
            // Which reader got which piece is not known; how often each byte came is.
            var counts = [Int](repeating: 0, count: 256)
            for reader in readers {
                counts = zip(counts, try await reader.value).map { $0 + $1 }
            }
            for byte in BytePattern.bytes(at: 0, count: size) { counts[Int(byte)] -= 1 }
            try expect(counts.allSatisfy { $0 == 0 }, "\(-counts.reduce(0, +)) bytes were lost")
            try await sender.value.get()
        }
    }

    private func racingWriters() async throws {
        try await rule("two racing writers never interleave their bytes") { trial in
            let (a, count) = (trial.a, max(16, races / 4))
            let writers = (1...2).map { number in
                let draws = trial.random.fork()
                return trial.start { () async throws(SocketError) in
                    var draws = draws
                    for _ in 0..<count {
                        let size = Int.random(in: 0...5000, using: &draws)
                        try await a.sendUnlessBusy(RacingMessage(writer: number, size: size).bytes)
                    }
                }
            }
            let b = trial.b
            let reader = trial.start { () async throws(SocketError) in
                var bytes: [UInt8] = []
                while true {
                    let more = try await b.receive(.buffer, limit: 65_536)
                    if more.isEmpty { return bytes }
                    bytes += more
                }
            }
            for writer in writers { try await writer.value.get() }
            try await a.finish()
            let messages = try RacingMessage.parse(try await reader.value.get())
            try expect(
                messages.count == 2 * count,
                "\(messages.count) messages came of \(2 * count)"
            )
        }
    }
}

/// More than any stream holds between its two ends.
///
/// A kernel's TCP buffers are up to some 10 MiB.
let beyondAnyBuffer = 16 << 20

/// A message that shows any other one's bytes in its middle: writer, size, then the writer's number
/// over and over.
private struct RacingMessage {
    let writer: Int
    let size: Int

    var bytes: [UInt8] {
        [UInt8(writer), UInt8(size >> 8), UInt8(size & 255)]
            + [UInt8](repeating: UInt8(writer), count: size)
    }

    static func parse(_ bytes: [UInt8]) throws -> [RacingMessage] {
        var messages: [RacingMessage] = []
        var place = 0
        while place < bytes.count {
            guard place + 3 <= bytes.count else { throw Broken("the last message is cut") }
            let message = RacingMessage(
                writer: Int(bytes[place]),
                size: Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
            )
            let end = place + 3 + message.size
            let isWhole = end <= bytes.count && Array(bytes[place..<end]) == message.bytes
            try expect(isWhole, "message \(messages.count) has another one's bytes in it")
            messages.append(message)
            place = end
        }
        return messages
    }
}

extension ByteStream {
    /// Sends when the other writer lets it.
    fileprivate func sendUnlessBusy(_ bytes: [UInt8]) async throws(SocketError) {
        while true {
            do throws(SocketError) {
                return try await send(bytes)
            } catch {
                guard error.code == .busy, error.transferredCount == 0 else { throw error }
            }
            await Task.yield()
        }
    }

    /// Receives to the end beside another reader, and counts each byte's values.
    fileprivate func histogram(_ form: ReceiveForm) async throws(SocketError) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        while true {
            do throws(SocketError) {
                let bytes = try await receive(form, limit: 700)
                if bytes.isEmpty { return counts }
                for byte in bytes { counts[Int(byte)] += 1 }
            } catch {
                guard error.code == .busy else { throw error }
            }
            await Task.yield()
        }
    }
}
