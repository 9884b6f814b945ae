internal import Glibc

extension MessageSocket {
    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> ReceivedDatagram {
        try await enter(.reading, .receive)
        try throwReported(.reading, .receive)
        var attempts = 0
        while true {
            let result = unsafe memory.withUnsafeMutableBytes { unsafe receiveOne(into: $0) }
            switch result {
            case .datagram(let datagram):
                socket.leave(.reading, ready: true)
                return datagram
            case .failure(let errno):
                try await receiveAgain(after: errno, &attempts)
            }
        }
    }

    private enum Reception {
        case datagram(ReceivedDatagram)
        case failure(Int)
    }

    private func receiveOne(into memory: UnsafeMutableRawBufferPointer) -> Reception {
        var head = System.MessageHead()
        let result = unsafe System.receiveMessage(
            socket.number,
            memory,
            &head,
            mayCarryDescriptors: kind.isUnix
        )
        guard result >= 0 else { return .failure(result) }
        if kind.isUnix {
            unsafe head.withControl { unsafe ControlMessages.closeDescriptors(in: $0) }
        }
        let count = min(result, memory.count)
        counters.received.add()
        counters.receivedSize.add(count)
        if result > count { counters.truncated.add() }
        receiving.add(count)
        let metadata =
            head.controlSize == 0
            ? DatagramMetadata() : unsafe head.withControl { unsafe ControlMessages.read($0) }
        return .datagram(
            ReceivedDatagram(
                source: head.source ?? peerAddress ?? .unix(.unnamed),
                count: count,
                size: result,
                metadata: metadata
            )
        )
    }

    func receive(into batch: inout DatagramBatch) async throws(SocketError) {
        batch.removeAll()
        try await enter(.reading, .receive)
        try throwReported(.reading, .receive)
        var attempts = 0
        while true {
            let result = unsafe batch.fill { messages, count in
                unsafe System.receiveMessages(
                    socket.number,
                    messages,
                    count,
                    mayCarryDescriptors: kind.isUnix
                )
            }
            if result > 0 {
                if kind.isUnix { batch.closeDescriptors() }
                counters.received.add(result)
                counters.receivedSize.add(batch.receivedSize)
                receiving.add(batch.receivedSize)
                if batch.truncatedCount > 0 { counters.truncated.add(batch.truncatedCount) }
                // Fewer than asked for: the queue was empty.
                socket.leave(.reading, ready: result == batch.capacity)
                return
            }
            try await receiveAgain(after: result, &attempts)
        }
    }

    /// After a call that failed: waits when it would have blocked, tries again when the error is one
    /// of a datagram sent earlier, or leaves and throws.
    private func receiveAgain(after result: Int, _ attempts: inout Int) async throws(SocketError) {
        let isReport = kind.hasErrorQueue && System.isReportedByNetwork(result)
        if isReport { errors.collect(from: socket.number) }
        try throwReported(.reading, .receive)
        // Waits, or throws what is its own error.
        guard isReport else { return try await retry(.reading, .receive, after: result) }
        // The kernel says it once, before the datagrams that are there. A flood of reports must not
        // keep the loop to itself, nor the caller from its deadline.
        attempts += 1
        if attempts.isMultiple(of: attemptsPerTurnLimit) {
            try await rest(.reading, .receive, after: 0)
        }
    }
}

/// Calls that fail by reports of the network before others of the loop get a turn.
///
/// Arbitrary.
private let attemptsPerTurnLimit = 16
