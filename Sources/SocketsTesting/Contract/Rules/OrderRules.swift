internal import Sockets

/// Bytes arrive whole and in order, however they are cut.
extension ContractRun where Stream: ByteStream {
    func orderRules() async throws {
        try await splitPoints()
        try await sizes()
        try await bothDirections()
        try await emptySends()
        try await fullBuffers()
    }

    private func splitPoints() async throws {
        try await rule("bytes arrive whole and in order at every split point") { trial in
            var reception = Reception(trial.b)
            let size = 12
            for form in ReceiveForm.allCases {
                for limit in [1, 5, size] {
                    for split in 0...size {
                        let pieces = [split, size - split]
                        let sender = send(pieces, from: reception.count, by: trial)
                        try await reception.receive(
                            upTo: reception.count + size,
                            form,
                            limit: limit
                        )
                        try await sender.value.get()
                    }
                }
            }
        }
    }

    /// Starts sending pieces of the pattern, beginning at a place.
    private func send(
        _ sizes: [Int],
        from place: Int,
        by trial: Trial<Stream>
    ) -> Task<Result<Void, SocketError>, Never> {
        let a = trial.a
        return trial.start { () async throws(SocketError) in
            var place = place
            for size in sizes {
                try await a.send(BytePattern.bytes(at: place, count: size))
                place += size
            }
        }
    }

    private func sizes() async throws {
        // Around the powers of two where buffers end, and beyond what kernels hold.
        let sizes = [1, 2, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1 << 20, 4 << 20]
        for form in ReceiveForm.allCases {
            try await rule("messages of every size arrive whole, received \(form.rawValue)") {
                trial in
                var reception = Reception(trial.b)
                for size in sizes {
                    let sender = send([size], from: reception.count, by: trial)
                    let limit = trial.draw([4096, 10_000, 65_536, 262_144])
                    try await reception.receive(
                        upTo: reception.count + size,
                        form,
                        limit: limit
                    )
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
            }
            let back = trial.start { () async throws(SocketError) in
                try await b.send(BytePattern.bytes(at: 30_000, count: size))
            }
            let other = trial.startChecking {
                var reception = Reception(a, origin: 30_000)
                try await reception.receive(upTo: size, .memory)
            }
            var reception = Reception(b)
            try await reception.receive(upTo: size, .buffer)
            try await other.value
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
        try await rule("receiving into a full buffer is limitExceeded, and no byte is lost") {
            trial in
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
