internal import Sockets

/// Deadlines end a waiting receive, neither early nor never, and leave the transport usable.
extension ContractRun where Stream: DatagramTransport {
    func datagramDeadlineRules() async throws {
        try await rule("a deadline ends a waiting receive, on time") { trial in
            for time in [Duration.milliseconds(1), .milliseconds(20)] {
                try await deadlineEnds(trial, .after(time))
            }
            try await staysUsable(trial)
        }
        try await rule("a deadline that has passed ends a receive") { trial in
            try await deadlineEnds(trial, .now)
            try await staysUsable(trial)
        }
        try await rule("of nested deadlines the earliest counts") { trial in
            let b = trial.b
            let receiving = trial.start { () async throws(SocketError) in
                try await withDeadline(.after(.milliseconds(10))) { () async throws(SocketError) in
                    try await withDeadline(.after(.seconds(3600))) { () async throws(SocketError) in
                        try await b.receiveBytes(limit: 16)
                    }
                }
            }
            try await receiving.value.failure(oneOf: .deadlinePassed, in: "the receive")
            try await staysUsable(trial)
        }
    }

    /// Checks that a receive of `b` fails by its deadline, and not before it.
    private func deadlineEnds(_ trial: Trial<Stream>, _ deadline: Deadline) async throws {
        let b = trial.b
        let receiving = trial.start { () async throws(SocketError) in
            try await withDeadline(deadline) { () async throws(SocketError) in
                try await b.receiveBytes(limit: 16)
            }
        }
        try await receiving.value.failure(oneOf: .deadlinePassed, in: "the receive")
        if let left = deadline.remaining, left > .zero {
            throw Broken("the deadline ended it \(left) too early")
        }
        trial.progress.step()
    }
}

extension ContractRun where Stream: DatagramTransport {
    /// Checks that the next datagram arrives.
    func staysUsable(_ trial: Trial<Stream>) async throws {
        let number = trial.draw(0...10_000)
        try await trial.a.send(NumberedDatagram.bytes(number, size: 10))
        let seen = try await trial.b.receiveBytes(limit: 16)
        try expect(
            try NumberedDatagram.number(of: seen.bytes) == number,
            "another datagram came than the one sent"
        )
    }
}
