internal import Sockets

/// Sends that wait for the receiver's queue: they end as asked, or go on.
extension ContractRun where Stream: DatagramTransport {
    func datagramWaitingRules(_ promises: DatagramPromises) async throws {
        try await goingOn(promises)
        try await endingByCancellation(promises)
        try await secondSend(promises)
    }

    /// Sends until the queue is full; returns the next number.
    private func fill(_ trial: Trial<Stream>, _ flow: DatagramFlow) async throws -> Int {
        let a = trial.a
        var number = 0
        while true {
            let next = number
            let sending = trial.start { () async throws(SocketError) in
                try await withDeadline(.after(.milliseconds(5))) { () async throws(SocketError) in
                    try await a.send(NumberedDatagram.bytes(next, size: 500))
                }
            }
            let isFull =
                try await sending.value.value(orOneOf: [.deadlinePassed], in: "the send") == nil
            if isFull { return number }
            flow.send(number)
            number += 1
            try expect(number < 100_000, "\(number) datagrams were sent and none received")
            trial.progress.step()
        }
    }

    private func goingOn(_ promises: DatagramPromises) async throws {
        try await rule("a send that waits for the receiver goes on when there is room") { trial in
            let a = trial.a
            let flow = DatagramFlow(promises)
            let number = try await fill(trial, flow)
            let sending = trial.start { () async throws(SocketError) in
                try await a.send(NumberedDatagram.bytes(number, size: 500))
            }
            await trial.pause().run()
            flow.send(number)
            try await flow.drain(trial.b)
            try await sending.value.get()
        }
    }

    private func endingByCancellation(_ promises: DatagramPromises) async throws {
        let name = "a waiting send that is cancelled or closed has sent nothing"
        try await rule(name, count: max(1, races / 64)) { trial in
            let (a, isClosing) = (trial.a, trial.random.oneIn(2))
            let flow = DatagramFlow(promises)
            let number = try await fill(trial, flow)
            let sending = trial.start { () async throws(SocketError) in
                try await a.send(NumberedDatagram.bytes(number, size: 500))
            }
            await trial.pause().run()
            if isClosing { a.close() } else { sending.cancel() }
            try await sending.value.failure(
                oneOf: isClosing ? .closed : .cancelled,
                in: "the waiting send"
            )
            try await flow.drain(trial.b)
        }
    }

    private func secondSend(_ promises: DatagramPromises) async throws {
        try await rule("of two sends that wait one is busy and sends nothing") { trial in
            let a = trial.a
            let flow = DatagramFlow(promises)
            let number = try await fill(trial, flow)
            let (results, sink) = AsyncStream<(Int, Result<Void, SocketError>)>.makeStream()
            let senders = [number, number + 1].map { number in
                trial.start { () async throws(SocketError) in
                    try await a.send(NumberedDatagram.bytes(number, size: 500))
                }
            }
            for (index, sender) in senders.enumerated() {
                Task { sink.yield((index, await sender.value)) }
            }
            var iterator = results.makeAsyncIterator()
            guard let (refused, result) = await iterator.next() else { return }
            try result.failure(oneOf: .busy, in: "one of two sends")
            flow.send(number + 1 - refused)
            try await flow.drain(trial.b)
            try await iterator.next()?.1.get()
        }
    }
}
