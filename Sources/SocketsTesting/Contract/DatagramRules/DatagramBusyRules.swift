internal import Sockets

/// One receiver and one sender at a time.
extension ContractRun where Stream: DatagramTransport {
    func datagramBusyRules(_ promises: DatagramPromises) async throws {
        try await secondReceive()
        try await racingReceivers(promises)
        try await racingSenders(promises)
    }

    private func secondReceive() async throws {
        try await rule("of two receives one is busy", count: max(1, races / 16)) { trial in
            let b = trial.b
            let (results, sink) = AsyncStream<Result<SeenDatagram, SocketError>>.makeStream()
            for _ in 0..<2 {
                let receiver = trial.start { () async throws(SocketError) in
                    try await b.receiveBytes(limit: 16)
                }
                Task { sink.yield(await receiver.value) }
                await trial.pause().run()
            }
            var iterator = results.makeAsyncIterator()
            // Nothing was sent, so whoever ends first was refused; the other one waits on.
            try await iterator.next()?.failure(oneOf: .busy, in: "one of two receives")
            try await trial.a.send([5])
            let seen = try await iterator.next()?.get()
            try expect(seen?.bytes == [5], "the receive that waited got something else")
        }
    }

    private func racingReceivers(_ promises: DatagramPromises) async throws {
        try await rule("two racing receivers lose no datagram") { trial in
            let (a, b, count) = (trial.a, trial.b, max(64, races))
            // What two receivers got is in no order.
            let flow = DatagramFlow(promises.withoutOrder)
            let sender = trial.start { () async throws(SocketError) in
                for number in 0..<count {
                    await flow.waitForRoom()
                    flow.send(number)
                    try await a.send(NumberedDatagram.bytes(number, size: 4 + number % 100))
                }
            }
            let receivers = (0..<2).map { _ in
                trial.startChecking {
                    while true {
                        do {
                            let seen = try await b.receiveBytes(limit: 200)
                            try flow.accept(seen.bytes)
                        } catch let error as SocketError {
                            if error.code == .cancelled { return }
                            try expect(error.code == .busy, "receiving failed with “\(error)”")
                        }
                        await Task.yield()
                    }
                }
            }
            try await sender.value.get()
            for receiver in receivers { receiver.cancel() }
            for receiver in receivers { try await receiver.value }
            try await flow.drain(b)
        }
    }

    private func racingSenders(_ promises: DatagramPromises) async throws {
        try await rule("two racing senders lose no datagram and mix none") { trial in
            let (a, count) = (trial.a, max(16, races / 4))
            let flow = DatagramFlow(promises.withoutOrder)
            let senders = (0..<2).map { first in
                trial.start { () async throws(SocketError) in
                    for number in stride(from: first, to: 2 * count, by: 2) {
                        await flow.waitForRoom()
                        flow.send(number)
                        try await a.sendUnlessBusy(NumberedDatagram.bytes(number, size: 600))
                    }
                }
            }
            for _ in 0..<2 * count {
                try flow.accept(try await trial.b.receiveBytes(limit: 1000).bytes)
            }
            for sender in senders { try await sender.value.get() }
            try await flow.drain(trial.b)
        }
    }
}

extension DatagramPromises {
    /// The same, for what several tasks send or receive.
    fileprivate var withoutOrder: Self {
        var promises = self
        promises.keepsOrder = false
        return promises
    }
}

extension DatagramTransport {
    /// Sends when the other sender lets it.
    fileprivate func sendUnlessBusy(_ bytes: [UInt8]) async throws(SocketError) {
        while true {
            do throws(SocketError) {
                return try await send(bytes)
            } catch {
                guard error.code == .busy else { throw error }
            }
            await Task.yield()
        }
    }
}
