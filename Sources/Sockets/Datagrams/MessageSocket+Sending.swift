internal import CLinux
internal import Glibc
internal import Synchronization

extension MessageSocket {
    func send(
        _ bytes: RawSpan,
        to address: SocketAddress?,
        metadata: DatagramMetadata
    ) async throws(SocketError) {
        try await enter(.writing, .send)
        try throwReported(.writing, .send)
        var count = 0
        let result = try await transmit(bytes, to: address, metadata, transferred: &count)
        guard result < 0 else { return socket.leave(.writing, ready: true) }
        throw ownFailure(
            result,
            size: bytes.byteCount,
            to: address,
            segmentSize: metadata.segmentSize,
            transferred: count
        )
    }

    func send(_ batch: inout DatagramBatch) async throws(SocketError) {
        try await enter(.writing, .send)
        try throwReported(.writing, .send)
        batch.prepareForSending(isConnected: isConnected)
        var count = 0
        var attempts = Attempts()
        while !batch.isEmpty {
            var inRuns = sendsRuns.load(ordering: .relaxed)
            let result = unsafe batch.transmit(inRuns: &inRuns) { messages, count in
                unsafe System.sendMessages(socket.number, messages, count)
            }
            if inRuns, System.refusesSegments(result) {
                // Nothing has gone out. The device cannot, or one is larger than the path takes.
                sendsRuns.store(false, ordering: .relaxed)
            } else if result > 0 {
                count += result
                counters.sent.add(result)
                let size = batch.removeFirst(result)
                counters.sentSize.add(size)
                sending.add(size)
                attempts = Attempts()
            } else if try await !sendAgain(after: result, transferred: count, &attempts) {
                try await sendFirst(of: &batch, after: result, transferred: count)
                attempts = Attempts()
            }
        }
        socket.leave(.writing, ready: true)
    }

    /// What becomes of a batch's first datagram, which the kernel refuses: its segments are sent one
    /// by one, or it is skipped and reported, or the batch ends with its error.
    private func sendFirst(
        of batch: inout DatagramBatch,
        after result: Int,
        transferred count: Int
    ) async throws(SocketError) {
        var result = result
        let address = batch.peer(at: 0)
        let metadata = batch.metadata(at: 0)
        if metadata.segmentSize != nil {
            // How many of its segments went out is not said of a batch.
            var segments = 0
            result = try await transmit(
                batch.bytes(at: 0),
                to: address,
                metadata,
                transferred: &segments
            )
        }
        if result < 0 {
            guard !isConnected else {
                throw ownFailure(
                    result,
                    size: batch.size(at: 0),
                    to: nil,
                    segmentSize: metadata.segmentSize,
                    transferred: count
                )
            }
            errors.add(DatagramError(sending: address, errno: CInt(-result)))
        }
        batch.removeFirst(1)
    }

    /// Sends one datagram, or those that a segment size makes of the bytes: inside the direction.
    ///
    /// `count` grows by the segments that have gone out. A negated errno comes back if the kernel
    /// refuses the datagram itself; everything else that ends it is thrown, and the direction left.
    private func transmit(
        _ bytes: RawSpan,
        to address: SocketAddress?,
        _ metadata: DatagramMetadata,
        transferred count: inout Int
    ) async throws(SocketError) -> Int {
        var pieces = SegmentPieces(
            size: bytes.byteCount,
            segmentSize: metadata.segmentSize,
            // Other kinds of sockets take no notice of a segment size.
            isCutByKernel: kind.isUDP
        )
        var attempts = Attempts()
        repeat {
            let range = pieces.next
            var metadata = metadata
            if !pieces.nextHasSegments { metadata.segmentSize = nil }
            let result = unsafe bytes.extracting(range).withUnsafeBytes {
                unsafe sendOne($0, to: address, metadata)
            }
            if result >= 0 {
                counters.sent.add()
                counters.sentSize.add(result)
                sending.add(result)
                count += pieces.advance()
                attempts = Attempts()
            } else if try await !sendAgain(
                after: result,
                to: address,
                transferred: count,
                &attempts
            ) {
                guard pieces.nextHasSegments, System.refusesSegments(result) else { return result }
                pieces.isCutByKernel = false
                counters.split.add()
                attempts = Attempts()
            }
        } while !pieces.isDone
        return 0
    }

    private func sendOne(
        _ bytes: UnsafeRawBufferPointer,
        to address: SocketAddress?,
        _ metadata: DatagramMetadata
    ) -> Int {
        guard !metadata.isOrdinary else {
            return unsafe System.sendMessage(
                socket.number,
                bytes,
                to: address,
                control: UnsafeMutableRawBufferPointer(start: nil, count: 0)
            )
        }
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: ControlMessages.sendCapacity,
            alignment: MemoryLayout<Int>.alignment
        ) { control in
            let isIPv6 = (address ?? peerAddress)?.isIPv6OnTheWire ?? kind.isIPv6
            let size = unsafe ControlMessages.write(metadata, isIPv6: isIPv6, to: control)
            return unsafe System.sendMessage(
                socket.number,
                bytes,
                to: address,
                control: UnsafeMutableRawBufferPointer(rebasing: control.prefix(size))
            )
        }
    }

    // MARK: Failing

    /// What the tries of one datagram have met so far.
    private struct Attempts {
        var count = 0
        /// How many errors had been taken over at the last try.
        var reportedCount = 0
    }

    /// After a call that failed: waits when it would have blocked, and says whether to try again.
    ///
    /// The kernel gives the report of a datagram sent earlier to the next call of either direction,
    /// once, and does not say that it is no error of this one. So an error is this datagram's own if
    /// it comes again and nothing was reported between, or comes ever again.
    private func sendAgain(
        after result: Int,
        to address: SocketAddress? = nil,
        transferred count: Int,
        _ attempts: inout Attempts
    ) async throws(SocketError) -> Bool {
        if System.wouldBlock(result) {
            try throwReported(.writing, .send, transferred: count)
            if kind.isUnix, !isConnected {
                try await waitForUnixPeer(transferred: count)
            } else {
                try await retry(.writing, .send, after: result, transferred: count)
            }
            return true
        }
        guard kind.hasErrorQueue else { return false }
        errors.collect(from: socket.number)
        try throwReported(.writing, .send, transferred: count)
        let reported = errors.counts.total
        defer { attempts = Attempts(count: attempts.count + 1, reportedCount: reported) }
        return attempts.count == 0
            || attempts.count < attemptLimit && reported != attempts.reportedCount
    }

    /// Gives the receiver of a Unix datagram time: its queue is full, and no event says when it is
    /// not, because this socket is not connected to it.
    private func waitForUnixPeer(transferred count: Int) async throws(SocketError) {
        do throws(SocketError) {
            try await socket.loop.sleep(until: .after(.milliseconds(1)))
        } catch {
            socket.leave(.writing, ready: true)
            throw failure(error.code, .send, transferred: count)
        }
        if socket.isClosed {
            socket.leave(.writing, ready: true)
            throw failure(.closed, .send, transferred: count)
        }
    }

    /// Leaves, and says what the kernel has against a datagram.
    private func ownFailure(
        _ result: Int,
        size: Int,
        to address: SocketAddress?,
        segmentSize: Int?,
        transferred count: Int
    ) -> SocketError {
        let errno = CInt(truncatingIfNeeded: -result)
        let detail =
            errno == EMSGSIZE
            ? "\(min(segmentSize ?? size, size)) bytes, and \(sizeLimit(to: address))" : nil
        socket.leave(.writing, ready: true)
        return SocketError(
            .init(errno: errno),
            in: .send,
            local: localAddress,
            peer: address ?? peerAddress,
            over: kind.transport,
            errno: errno,
            transferredCount: count,
            detail: detail
        )
    }

    private func sizeLimit(to address: SocketAddress?) -> String {
        if kind.isUnix {
            let size = socket.withNumber { System.option($0, SOL_SOCKET, SO_SNDBUF) }
            guard case .success(let size)? = size else { return "the send buffer is smaller" }
            return "the send buffer (SO_SNDBUF) of \(size) bytes takes less"
        }
        let headers = kind.isIPv6 ? 48 : 28  // an IP header without options, and UDP's or ICMP's
        let path = socket.withNumber {
            kind.isIPv6
                ? System.option($0, System.ipv6, CInt(IPV6_MTU))
                : System.option($0, CInt(IPPROTO_IP), CInt(IP_MTU))
        }
        if case .success(let mtu)? = path {
            return "the limit is \(Int(mtu) - headers): the path takes packets of \(mtu)"
        }
        let limit = kind.isIPv6 ? 65_527 : 65_507
        return "the limit is \(limit), or less where the path takes only smaller packets unbroken"
    }
}

/// How often a datagram is tried while the network reports errors of others.
///
/// Arbitrary: a flood of reports then costs at most this one datagram.
private let attemptLimit = 16

extension System {
    /// Whether an error may come because of a segment size: too many segments, larger than the path
    /// takes, no offload, or a kernel that knows none (UDP_SEGMENT in udp(7)).
    static func refusesSegments(_ result: Int) -> Bool {
        switch CInt(truncatingIfNeeded: -result) {
        case EINVAL, EMSGSIZE, EIO, EOPNOTSUPP, ENOPROTOOPT: true
        default: false
        }
    }
}
