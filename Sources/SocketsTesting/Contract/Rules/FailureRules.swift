internal import Sockets

/// What the world does to a stream: resets, and peers that vanish.
extension ContractRun where Stream: ByteStream {
    func failureRules() async throws {
        try await resetWhileWaiting()
        try await resetMidRead()
        for isReset in [false, true] { try await vanishingMidSend(withReset: isReset) }
        try await sendingToNobody()
    }

    private func resetWhileWaiting() async throws {
        for form in ReceiveForm.allCases {
            let name = "a reset ends a waiting receive \(form.rawValue)"
            try await rule(name, count: max(1, races / 8)) { trial in
                let b = trial.b
                let receiver = trial.start { () async throws(SocketError) in
                    try await b.receive(form, limit: 16)
                }
                await trial.pause().run()
                trial.a.reset()
                // The end, where the transport cannot tell a reset.
                let bytes = try await receiver.value.value(orOneOf: endsByForce, in: "the receive")
                try expect(bytes?.isEmpty ?? true, "bytes came that nobody sent")
            }
        }
    }

    private func resetMidRead() async throws {
        let name = "a reset mid-read ends the stream after a right beginning"
        try await rule(name, count: max(1, races / 8)) { trial in
            let (a, b) = (trial.a, trial.b)
            let sender = trial.start { () async throws(SocketError) in
                var sent = 0
                while true {
                    try await a.send(BytePattern.bytes(at: sent, count: 3000))
                    sent += 3000
                    await Task.yield()
                }
            }
            let reader = trial.startChecking {
                var reception = Reception(b)
                return try await reception.drainToFailure()
            }
            for _ in 0..<trial.draw(0...20) { await trial.pause().run() }
            a.reset()
            try await sender.value.failure(oneOf: .closed, in: "the send of the side that reset")
            if let error = try await reader.value {
                try expect(endsByForce.contains(error.code), "the reader failed with “\(error)”")
            }
        }
    }

    private func vanishingMidSend(withReset isReset: Bool) async throws {
        let name = "a peer that \(isReset ? "resets" : "closes") mid-send breaks the send"
        try await rule(name, count: max(1, races / 64)) { trial in
            let (a, b) = (trial.a, trial.b)
            let sender = trial.start { () async throws(SocketError) in
                try await a.send(BytePattern.bytes(at: 0, count: beyondAnyBuffer))
            }
            var reception = Reception(b)
            try await reception.receive(upTo: trial.draw(0...200_000), .buffer)
            if isReset { b.reset() } else { b.close() }
            let error = try await sender.value.failure(oneOf: .brokenPipe, .reset, in: "the send")
            try expect(
                error.transferredCount >= reception.count,
                "\(reception.count) bytes came of \(error.transferredCount)"
            )
            let again = trial.start { () async throws(SocketError) in try await a.send([1]) }
            try await again.value.failure(oneOf: .brokenPipe, .reset, in: "another send")
            var back = Reception(a)
            if let error = try await back.drainToFailure() {
                try expect(endsByForce.contains(error.code), "receiving failed with “\(error)”")
            }
        }
    }

    private func sendingToNobody() async throws {
        try await rule("sending to a peer that has closed fails in the end") { trial in
            let a = trial.a
            trial.b.close()
            let sender = trial.start { () async throws(SocketError) in
                while true {
                    try await a.send([1])
                    await Task.yield()
                }
            }
            try await sender.value.failure(oneOf: .brokenPipe, .reset, in: "sending")
        }
    }
}

/// How a receive ends when the peer did not finish: reset, or, of streams whose protocol marks the
/// end, the end that was not marked.
let endsByForce: [SocketError.Code] = [.reset, .unexpectedEnd]
