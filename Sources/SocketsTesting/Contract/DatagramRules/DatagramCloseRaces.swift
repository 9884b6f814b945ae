internal import Sockets

/// Closing against everything else, at every moment.
extension ContractRun where Stream: DatagramTransport {
    func datagramCloseRaces(_ promises: DatagramPromises) async throws {
        try await closingDelivers(promises)
        for operation in DatagramOperation.allCases {
            let name = "closing while \(operation.rawValue)"
            try await rule(name, count: max(1, races / 4)) { trial in
                try await closeRace(trial, operation)
            }
        }
    }

    private func closingDelivers(_ promises: DatagramPromises) async throws {
        try await rule("closing delivers what was sent", count: max(1, races / 8)) { trial in
            let flow = DatagramFlow(promises)
            for number in 0..<trial.draw(1...min(8, promises.window)) {
                flow.send(number)
                try await trial.a.send(NumberedDatagram.bytes(number, size: trial.draw(4...100)))
            }
            trial.a.close()
            try await flow.drain(trial.b)
        }
    }

    private func closeRace(_ trial: Trial<Stream>, _ operation: DatagramOperation) async throws {
        let (a, b) = (trial.a, trial.b)
        let racing = trial.start { () async throws(SocketError) in try await operation.run(a) }
        let peer = trial.start { () async throws(SocketError) in try await b.send([1]) }
        let closers = (0..<trial.draw(1...2)).map { _ in
            let pause = trial.pause()
            return trial.start { () async throws(SocketError) in
                await pause.run()
                a.close()
            }
        }
        await trial.pause().run()
        for closer in closers { try await closer.value.get() }
        _ = try await racing.value.value(orOneOf: [.closed], in: operation.rawValue)
        // It may learn that nobody is there any more, or not.
        let gone: [SocketError.Code] = [.refused, .reset, .brokenPipe, .notConnected]
        _ = try await peer.value.value(orOneOf: gone, in: "the peer's send")
        a.close()
        for operation in DatagramOperation.allCases {
            let late = trial.start { () async throws(SocketError) in try await operation.run(a) }
            try await late.value.failure(oneOf: .closed, in: "\(operation.rawValue) after closing")
        }
    }
}

/// What a close races with.
private enum DatagramOperation: String, CaseIterable {
    case receive = "receiving"
    case send = "sending"
    case sendMany = "sending many"

    func run(_ transport: some DatagramTransport) async throws(SocketError) {
        switch self {
        case .receive: _ = try await transport.receiveBytes(limit: 16)
        case .send: try await transport.send([1, 2, 3])
        case .sendMany: while true { try await transport.send([UInt8](repeating: 1, count: 1000)) }
        }
    }
}
