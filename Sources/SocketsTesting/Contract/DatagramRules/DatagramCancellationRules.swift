internal import Sockets

/// Cancellation with nothing racing it: it ends what waits, and nothing is lost.
extension ContractRun where Stream: DatagramTransport {
    func datagramCancellationRules() async throws {
        try await rule("cancellation ends a waiting receive", count: max(1, races / 8)) { trial in
            let b = trial.b
            let receiver = trial.start { () async throws(SocketError) in
                try await b.receiveBytes(limit: 16)
            }
            await trial.pause().run()
            receiver.cancel()
            try await receiver.value.failure(oneOf: .cancelled, in: "the receive")
            try await staysUsable(trial)
        }
        try await rule("a receive in a cancelled task takes nothing") { trial in
            let b = trial.b
            for isThere in [false, true] {
                if isThere { try await trial.a.send([1, 2, 3]) }
                let receiver = trial.start { () async throws(SocketError) in
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    return try await b.receiveBytes(limit: 16)
                }
                // What is there already may be given all the same.
                let seen = try await receiver.value.value(orOneOf: [.cancelled], in: "the receive")
                if seen == nil, isThere {
                    let seen = try await b.receiveBytes(limit: 16)
                    try expect(seen.bytes == [1, 2, 3], "the datagram came changed")
                } else if !isThere {
                    try expect(seen == nil, "a datagram came that nobody sent")
                }
            }
            try await staysUsable(trial)
        }
        try await rule("a send in a cancelled task sends all or nothing") { trial in
            let a = trial.a
            let sender = trial.start { () async throws(SocketError) in
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await a.send([1, 2, 3])
            }
            if try await sender.value.value(orOneOf: [.cancelled], in: "the send") != nil {
                let seen = try await trial.b.receiveBytes(limit: 16)
                try expect(seen.bytes == [1, 2, 3], "the datagram came changed")
            }
            try await staysUsable(trial)
        }
    }
}
