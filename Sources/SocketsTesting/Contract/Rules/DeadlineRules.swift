internal import Sockets

/// Deadlines end what waits, neither early nor never, and leave the stream usable.
extension ContractRun where Stream: ByteStream {
    func deadlineRules() async throws {
        for form in ReceiveForm.allCases {
            try await rule("a deadline ends a waiting receive \(form.rawValue), on time") { trial in
                for time in [Duration.milliseconds(1), .milliseconds(20)] {
                    try await deadlineEnds(trial, .after(time)) { stream throws(SocketError) in
                        _ = try await stream.receive(form, limit: 16)
                    }
                }
                try await staysUsable(trial, form)
            }
            try await rule("a deadline that has passed ends a receive \(form.rawValue)") { trial in
                try await deadlineEnds(trial, .now) { stream throws(SocketError) in
                    _ = try await stream.receive(form, limit: 16)
                }
                try await staysUsable(trial, form)
            }
        }
        try await nesting()
        try await sending()
    }

    private func nesting() async throws {
        try await rule("of nested deadlines the earliest counts") { trial in
            let soon = Duration.milliseconds(10)
            try await deadlineEnds(trial, .after(soon)) { stream throws(SocketError) in
                try await withDeadline(.after(.seconds(3600))) { () async throws(SocketError) in
                    _ = try await stream.receive(.memory, limit: 16)
                }
            }
            try await deadlineEnds(trial, .after(.seconds(3600))) { stream throws(SocketError) in
                try await withDeadline(.after(soon)) { () async throws(SocketError) in
                    _ = try await stream.receive(.memory, limit: 16)
                }
            }
            // And the inner one is gone with its scope.
            let b = trial.b
            let outer = trial.start { () async throws(SocketError) in
                try await withDeadline(.after(.seconds(3600))) { () async throws(SocketError) in
                    try await withDeadline(.after(.zero)) { () async throws(SocketError) in }
                    return try await b.receive(.memory, limit: 16)
                }
            }
            await trial.pause().run()
            try await trial.a.send([1])
            let bytes = try await outer.value.get()
            try expect(bytes == [1], "a receive after an inner scope got \(bytes.count) bytes")
        }
    }

    private func sending() async throws {
        try await rule("a deadline ends a waiting send, which says how far it came") { trial in
            let b = trial.b
            var sent = 0
            for time in [Duration.milliseconds(20), .zero] {
                let start = sent
                let sending = trial.start { () async throws(SocketError) in
                    try await withDeadline(.after(time)) { () async throws(SocketError) in
                        try await b.send(BytePattern.bytes(at: start, count: beyondAnyBuffer))
                    }
                }
                let error = try await sending.value.failure(oneOf: .deadlinePassed, in: "the send")
                sent += error.transferredCount
            }
            let total = sent
            var reception = Reception(trial.a)
            let finishing = trial.start { () async throws(SocketError) in try await b.finish() }
            try await reception.drain()
            try await finishing.value.get()
            try expect(reception.count == total, "\(reception.count) bytes came of \(total)")
        }
    }

    /// Checks that an operation of `b` fails by its deadline, and not before it.
    private func deadlineEnds(
        _ trial: Trial<Stream>,
        _ deadline: Deadline,
        _ body: @escaping @Sendable (Stream) async throws(SocketError) -> Void
    ) async throws {
        let b = trial.b
        let operation = trial.start { () async throws(SocketError) in
            try await withDeadline(deadline) { () async throws(SocketError) in try await body(b) }
        }
        try await operation.value.failure(oneOf: .deadlinePassed, in: "the operation")
        // An hour stands for "another one ended it", and cannot be checked.
        if let left = deadline.remaining, left > .zero, left < .seconds(1800) {
            throw Broken("the deadline ended it \(left) too early")
        }
        trial.progress.step()
    }

    private func staysUsable(_ trial: Trial<Stream>, _ form: ReceiveForm) async throws {
        var reception = Reception(trial.b)
        try await trial.a.send(BytePattern.bytes(at: 0, count: 1))
        try await reception.receive(upTo: 1, form)
    }
}
