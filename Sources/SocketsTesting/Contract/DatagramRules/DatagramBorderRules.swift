internal import Sockets

/// A datagram arrives whole, alone, and of its own size.
extension ContractRun where Stream: DatagramTransport {
    func datagramBorderRules(_ promises: DatagramPromises) async throws {
        try await everySize(promises)
        try await borders(promises)
        try await truncation(promises)
        try await emptyDatagrams()
        try await tooLarge(promises)
        try await bothWays(promises)
    }

    private func everySize(_ promises: DatagramPromises) async throws {
        let limit = promises.sizeLimit
        // Around powers of two, what an Ethernet takes unbroken, and the limit.
        let sizes =
            [1, 2, 3, 511, 512, 513, 1472, 1473, 4095, 4096, 4097, 65_507]
            + [limit - 1, limit]
        try await rule("datagrams of every size arrive whole") { trial in
            for size in sizes where size <= limit {
                let bytes = BytePattern.bytes(at: size, count: size)
                try await trial.a.send(bytes)
                let roomy = try await trial.b.receiveBytes(limit: size + 1)
                // And where it just fits, it is not cut off.
                try await trial.a.send(bytes)
                for seen in [roomy, try await trial.b.receiveBytes(limit: size)] {
                    try expect(seen.size == size, "one of \(size) bytes came as \(seen.size)")
                    try BytePattern.check(seen.bytes, at: size)
                }
                trial.progress.step()
            }
        }
    }

    private func borders(_ promises: DatagramPromises) async throws {
        let name = "the borders of datagrams are kept, however many are on the way"
        try await rule(name, count: max(1, races / 16)) { trial in
            let a = trial.a
            let flow = DatagramFlow(promises)
            let sizes = (0..<trial.draw(1...promises.window)).map { _ in
                trial.draw(NumberedDatagram.leastSize...DatagramPromises.smallSize)
            }
            for number in sizes.indices { flow.send(number) }
            let sending = trial.start { () async throws(SocketError) in
                for (number, size) in sizes.enumerated() {
                    try await a.send(NumberedDatagram.bytes(number, size: size))
                }
            }
            await trial.pause().run()
            try await flow.drain(trial.b)
            try await sending.value.get()
        }
    }

    private func truncation(_ promises: DatagramPromises) async throws {
        try await rule("a datagram larger than the memory is cut off, with its real size") {
            trial in
            let sizes = [1, 2, 100, 5000, promises.sizeLimit].filter { $0 <= promises.sizeLimit }
            for size in sizes {
                for memory in Set([0, 1, size / 2, size - 1]) where memory < size {
                    try await trial.a.send(BytePattern.bytes(at: 7, count: size))
                    let seen = try await trial.b.receiveBytes(limit: memory)
                    try expect(
                        seen.size == size,
                        "cut to \(memory), one of \(size) bytes says \(seen.size)"
                    )
                    try BytePattern.check(seen.bytes, at: 7)
                    // What did not fit is gone: the next receive gets the next datagram.
                    try await trial.a.send([42])
                    let next = try await trial.b.receiveBytes(limit: 16)
                    try expect(next.bytes == [42], "the rest of a datagram came as another")
                    trial.progress.step()
                }
            }
        }
    }

    private func emptyDatagrams() async throws {
        try await rule("a datagram of no bytes is a datagram, and no end") { trial in
            for memory in [16, 0] {
                for size in [0, 0, 1] {
                    try await trial.a.send([UInt8](repeating: 1, count: size))
                    let seen = try await trial.b.receiveBytes(limit: memory)
                    try expect(seen.size == size, "one of \(size) bytes came as \(seen.size)")
                }
            }
        }
    }

    private func tooLarge(_ promises: DatagramPromises) async throws {
        try await rule("a datagram beyond the limit is refused, and nothing of it sent") { trial in
            let a = trial.a
            let bytes = [UInt8](repeating: 1, count: promises.sizeLimit + 1)
            for _ in 0..<2 {
                let sending = trial.start { () async throws(SocketError) in try await a.send(bytes)
                }
                let error = try await sending.value.failure(
                    oneOf: .messageTooLarge,
                    in: "a send of \(bytes.count) bytes"
                )
                try expect(error.transferredCount == 0, "it says that something went out")
            }
            try await a.send([9])
            let seen = try await trial.b.receiveBytes(limit: 16)
            try expect(seen.bytes == [9], "something of the refused datagram came")
        }
    }

    private func bothWays(_ promises: DatagramPromises) async throws {
        try await rule("the two directions do not disturb each other") { trial in
            let count = max(16, races / 4)
            let flows = [(trial.a, trial.b), (trial.b, trial.a)].map { from, to in
                let flow = DatagramFlow(promises)
                let sender = trial.start { () async throws(SocketError) in
                    for number in 0..<count {
                        await flow.waitForRoom()
                        flow.send(number)
                        try await from.send(NumberedDatagram.bytes(number, size: 100))
                    }
                }
                let receiver = trial.startChecking {
                    for _ in 0..<count {
                        try flow.accept(try await to.receiveBytes(limit: 200).bytes)
                    }
                }
                return (flow, sender, receiver, to)
            }
            for (flow, sender, receiver, to) in flows {
                try await receiver.value
                try await sender.value.get()
                try await flow.drain(to)
            }
        }
    }
}
