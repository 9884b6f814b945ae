internal import Sockets

/// Bytes arrive whole and in order, however they are cut.
extension ContractRun {
    func orderRules() async throws {
        try await splitPoints()
        try await sizes()
        try await bothDirections()
        try await emptySends()
        try await fullBuffers()
    }

    private func splitPoints() async throws {
        try await rule("bytes arrive whole and in order at every split point") { trial in
            let a = trial.a
            let size = 12
            var reception = Reception(trial.b)
            for form in ReceiveForm.allCases {
                for (split, limit) in (0...size).flatMap({ split in [1, 5, size].map { (split, $0) } }) {
                    let start = reception.count
                    let sender = trial.start { () async throws(SocketError) in
                        try await a.send(BytePattern.bytes(at: start, count: split))
                        try await a.send(
                            BytePattern.bytes(at: start + split, count: size - split))
                    }
                    try await reception.receive(upTo: start + size, form, limit: limit)
                    try await sender.value.get()
                }
            }
        }
    }

    private func sizes() async throws {
        // Around the powers of two where buffers end, and beyond what kernels hold.
        let sizes = [1, 2, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1 << 20, 4 << 20]
        for form in ReceiveForm.allCases {
            try await rule("messages of every size arrive whole, received \(form.rawValue)") { trial in
                let a = trial.a
                var reception = Reception(trial.b)
                for size in sizes {
                    let start = reception.count
                    let sender = trial.start { () async throws(SocketError) in
                        try await a.send(BytePattern.bytes(at: start, count: size))
                    }
                    let limit = trial.draw([4096, 10_000, 65_536, 262_144])
                    try await reception.receive(upTo: start + size, form, limit: limit)
                    try await sender.value.get()
                    trial.progress.step()
                }
            }
        }
    }

    private func bothDirections() async throws {
        try await rule("both directions carry bytes at once, through backpressure") { trial in
            let (a, b, size) = (trial.a, trial.b, 2 << 20)
            // Different places in the pattern, so that a mix-up of the directions shows.
            let there = trial.start { () async throws(SocketError) in
                try await a.send(BytePattern.bytes(at: 0, count: size))
                try await a.finish()
            }
            let back = trial.start { () async throws(SocketError) in
                try await b.send(BytePattern.bytes(at: 30_000, count: size))
                try await b.finish()
            }
            let other = trial.startChecking {
                var reception = Reception(a, origin: 30_000)
                try await reception.drain(.memory)
                return reception.count
            }
            var reception = Reception(b)
            try await reception.drain(.buffer)
            try expect(reception.count == size, "\(reception.count) of \(size) bytes arrived there")
            let count = try await other.value
            try expect(count == size, "\(count) of \(size) bytes arrived back")
            try await there.value.get()
            try await back.value.get()
        }
    }

    private func emptySends() async throws {
        try await rule("an empty send sends nothing") { trial in
            let (a, b) = (trial.a, trial.b)
            try await a.send([UInt8]())
            let receiver = trial.start { () async throws(SocketError) in
                try await b.receive(.memory, limit: 16)
            }
            try await a.send([UInt8]())
            try await a.send([7])
            let bytes = try await receiver.value.get()
            try expect(bytes == [7], "\(bytes.count) bytes came where one was sent")
        }
    }

    private func fullBuffers() async throws {
        try await rule("receiving into a full buffer is limitExceeded, and no byte is lost") { trial in
            let (a, b, size) = (trial.a, trial.b, 6)
            let sender = trial.start { () async throws(SocketError) in
                try await a.send(BytePattern.bytes(at: 0, count: size))
            }
            var buffer = ByteBuffer(limit: 4)
            while buffer.count < buffer.limit { _ = try await b.receive(into: &buffer) }
            do throws(SocketError) {
                let count = try await b.receive(into: &buffer)
                throw SocketError(.system, in: .receive, detail: "it gave \(count)")
            } catch {
                try expect(error.code == .limitExceeded, "receiving failed with “\(error)”")
            }
            var reception = Reception(b)
            try reception.accept(buffer.array())
            try await reception.receive(upTo: size, .memory)
            try await sender.value.get()
        }
    }
}
