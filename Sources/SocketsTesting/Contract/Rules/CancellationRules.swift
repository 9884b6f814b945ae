internal import Sockets

/// Cancellation with nothing racing it: it ends what waits, and nothing is lost.
extension ContractRun where Stream: ByteStream {
    func cancellationRules() async throws {
        for form in ReceiveForm.allCases {
            try await waitingReceive(form)
            try await receiveWhenCancelled(form)
        }
        try await waitingSend()
        try await finishWhenCancelled()
    }

    private func waitingReceive(_ form: ReceiveForm) async throws {
        let name = "cancellation ends a waiting receive \(form.rawValue)"
        try await rule(name, count: max(1, races / 8)) { trial in
            let b = trial.b
            let receiver = trial.start { () async throws(SocketError) in
                try await b.receive(form, limit: 16)
            }
            await trial.pause().run()
            receiver.cancel()
            let error = try await receiver.value.failure(oneOf: .cancelled, in: "the receive")
            try expect(error.transferredCount == 0, "it says that bytes went out")
            var reception = Reception(b)
            try await trial.a.send(BytePattern.bytes(at: 0, count: 1))
            try await reception.receive(upTo: 1, form)
        }
    }

    private func receiveWhenCancelled(_ form: ReceiveForm) async throws {
        try await rule("a receive \(form.rawValue) in a cancelled task takes nothing") { trial in
            let b = trial.b
            var reception = Reception(b)
            for size in [0, 1] {
                if size > 0 { try await trial.a.send(BytePattern.bytes(at: 0, count: size)) }
                let receiver = trial.start { () async throws(SocketError) in
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    return try await b.receive(form, limit: 16)
                }
                // What is there already may be given all the same.
                let bytes = try await receiver.value.value(orOneOf: [.cancelled], in: "the receive")
                try expect(bytes?.count ?? size == size, "the end came where there is none")
                try reception.accept(bytes ?? [])
            }
            try await reception.receive(upTo: 1, form)
        }
    }

    private func waitingSend() async throws {
        try await rule("cancellation ends a waiting send, which says how far it came") { trial in
            let a = trial.a
            var sent = 0
            // The first one fills the stream; the second is cancelled before it begins.
            for isCancelledFirst in [false, true] {
                let start = sent
                let sender = trial.start { () async throws(SocketError) in
                    if isCancelledFirst { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                    try await a.send(BytePattern.bytes(at: start, count: beyondAnyBuffer))
                }
                if !isCancelledFirst {
                    for _ in 0..<100 { await Pause.spin(nanoseconds: 100_000).run() }
                    sender.cancel()
                }
                let error = try await sender.value.failure(oneOf: .cancelled, in: "the send")
                sent += error.transferredCount
            }
            let total = sent
            let finishing = trial.start { () async throws(SocketError) in try await a.finish() }
            var reception = Reception(trial.b)
            try await reception.drain()
            try await finishing.value.get()
            try expect(reception.count == total, "\(reception.count) bytes came of \(total)")
        }
    }

    private func finishWhenCancelled() async throws {
        try await rule("finishing in a cancelled task can be repeated") { trial in
            let a = trial.a
            let finishing = trial.start { () async throws(SocketError) in
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await a.finish()
            }
            _ = try await finishing.value.value(orOneOf: [.cancelled], in: "finishing")
            try await a.finish()
            var reception = Reception(trial.b)
            try await reception.drain()
        }
    }
}
