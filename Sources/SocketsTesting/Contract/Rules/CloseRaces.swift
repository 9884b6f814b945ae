internal import Sockets

/// Closing, beside every operation and at any time.
extension ContractRun where Stream: ByteStream {
    func closeRaces() async throws {
        try await closeDelivers()
        try await closeWakesBothSides()
        for operation in Operation.allCases {
            for isReset in [false, true] {
                let name = "\(isReset ? "resetting" : "closing") while \(operation.rawValue)"
                try await rule(name, count: max(1, races / 8)) { trial in
                    try await closeRace(trial, operation, withReset: isReset)
                }
            }
        }
    }

    private enum Operation: String, CaseIterable {
        case receiveMemory = "receiving into memory"
        case receiveBuffer = "receiving into a buffer"
        case sendLittle = "sending little"
        case sendMuch = "sending more than there is room for"
        case finish = "finishing"

        @Sendable func run(_ stream: Stream) async throws(SocketError) {
            switch self {
            case .receiveMemory: try await receive(stream, .memory)
            case .receiveBuffer: try await receive(stream, .buffer)
            case .sendLittle: try await stream.send(BytePattern.bytes(at: 0, count: 100))
            case .sendMuch: try await stream.send(CloseRaceBytes.many)
            case .finish: try await stream.finish()
            }
        }

        private func receive(_ stream: Stream, _ form: ReceiveForm) async throws(SocketError) {
            let bytes = try await stream.receive(form, limit: 16)
            if bytes.isEmpty {
                throw SocketError(.unexpectedEnd, in: .receive, detail: "closing here is no end")
            }
        }
    }

    private func closeDelivers() async throws {
        try await rule("closing delivers what was sent", count: max(1, races / 8)) { trial in
            let (a, size) = (trial.a, trial.draw(0...100_000))
            let sender = trial.start { () async throws(SocketError) in
                try await a.send(BytePattern.bytes(at: 0, count: size))
                a.close()
            }
            await trial.pause().run()
            var reception = Reception(trial.b)
            try await reception.drain(trial.draw(ReceiveForm.allCases), limit: 5000)
            try await sender.value.get()
            try expect(reception.count == size, "\(reception.count) bytes came of \(size)")
        }
    }

    private func closeWakesBothSides() async throws {
        try await rule("closing ends a waiting receive and a waiting send", count: 4) { trial in
            let a = trial.a
            let operations = [Operation.receiveBuffer, .sendMuch].map { operation in
                trial.start { () async throws(SocketError) in try await operation.run(a) }
            }
            for _ in 0..<10 { await trial.pause().run() }
            a.close()
            for operation in operations {
                try await operation.value.failure(oneOf: .closed, in: "a waiting operation")
            }
        }
    }

    private func closeRace(
        _ trial: Trial<Stream>,
        _ operation: Operation,
        withReset isReset: Bool
    ) async throws {
        let (a, b) = (trial.a, trial.b)
        let racing = trial.start { () async throws(SocketError) in try await operation.run(a) }
        let peer = trial.start { () async throws(SocketError) in try await b.send([1]) }
        let closers = (0..<trial.draw(1...2)).map { _ in
            let pause = trial.pause()
            return trial.start { () async throws(SocketError) in
                await pause.run()
                if isReset { a.reset() } else { a.close() }
            }
        }
        await trial.pause().run()
        for closer in closers { try await closer.value.get() }
        _ = try await racing.value.value(orOneOf: [.closed], in: operation.rawValue)
        _ = try await peer.value.value(orOneOf: [.brokenPipe, .reset], in: "the peer's send")
        a.close()
        a.reset()
        for operation in Operation.allCases {
            let late = trial.start { () async throws(SocketError) in try await operation.run(a) }
            try await late.value.failure(oneOf: .closed, in: "\(operation.rawValue) after closing")
        }
        var reception = Reception(b)
        if let error = try await reception.drainToFailure() {
            try expect(
                endsByForce.contains(error.code),
                "the peer's receive failed with “\(error)”"
            )
        }
    }
}

/// Made once: a close race needs no time for it.
private enum CloseRaceBytes {
    static let many = BytePattern.bytes(at: 0, count: beyondAnyBuffer)
}
