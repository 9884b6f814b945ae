internal import Sockets

/// How a direction ends, and that the other one goes on.
extension ContractRun where Stream: ByteStream {
    func endRules() async throws {
        try await theEndRepeats()
        try await halfClose()
        try await repeatedFinish()
        try await sendingAfterFinish()
        try await endingInEitherOrder()
    }

    private func theEndRepeats() async throws {
        for form in ReceiveForm.allCases {
            try await rule("the end is zero bytes, again and again, received \(form.rawValue)") {
                trial in
                let a = trial.a
                let size = trial.draw(0...3000)
                let sender = trial.start { () async throws(SocketError) in
                    try await a.send(BytePattern.bytes(at: 0, count: size))
                    try await a.finish()
                }
                var reception = Reception(trial.b)
                try await reception.drain(form, limit: 100)
                try expect(reception.count == size, "\(reception.count) of \(size) bytes came")
                for again in ReceiveForm.allCases + ReceiveForm.allCases {
                    let bytes = try await trial.b.receive(again, limit: 1)
                    try expect(bytes.isEmpty, "\(bytes.count) bytes came after the end")
                }
                try await sender.value.get()
            }
        }
    }

    private func halfClose() async throws {
        for isMirrored in [false, true] {
            let name = "after finishing, one still receives" + (isMirrored ? " (mirrored)" : "")
            try await rule(name) { trial in
                let (near, far) = isMirrored ? (trial.b, trial.a) : (trial.a, trial.b)
                try await near.finish()
                let end = try await far.receive(.memory, limit: 16)
                try expect(end.isEmpty, "bytes came that nobody sent")
                let size = 200_000
                let sender = trial.start { () async throws(SocketError) in
                    try await far.send(BytePattern.bytes(at: 0, count: size))
                    try await far.finish()
                }
                var reception = Reception(near)
                try await reception.drain()
                try expect(reception.count == size, "\(reception.count) of \(size) bytes came")
                try await sender.value.get()
            }
        }
    }

    private func repeatedFinish() async throws {
        try await rule("finishing again does nothing") { trial in
            for _ in 0..<3 { try await trial.a.finish() }
            var reception = Reception(trial.b)
            try await reception.drain()
            try await trial.a.finish()
            try await trial.b.finish()
            try await trial.a.finish()
        }
    }

    private func sendingAfterFinish() async throws {
        try await rule("sending after finishing is brokenPipe, and receiving goes on") { trial in
            let (a, b) = (trial.a, trial.b)
            try await a.finish()
            for _ in 0..<2 {
                let sending = trial.start { () async throws(SocketError) in try await a.send([1]) }
                let error = try await sending.value.failure(oneOf: .brokenPipe, in: "a send")
                try expect(error.transferredCount == 0, "it says that bytes went out")
            }
            try await b.send(BytePattern.bytes(at: 0, count: 1))
            var reception = Reception(a)
            try await reception.receive(upTo: 1, .memory)
        }
    }

    private func endingInEitherOrder() async throws {
        try await rule("a waiting receive is told of the end", count: max(1, races / 8)) { trial in
            let (a, b) = (trial.a, trial.b)
            let form = trial.draw(ReceiveForm.allCases)
            let receiver = trial.start { () async throws(SocketError) in
                try await b.receive(form, limit: 16)
            }
            await trial.pause().run()
            try await a.finish()
            let bytes = try await receiver.value.get()
            try expect(bytes.isEmpty, "bytes came that nobody sent")
        }
    }
}
