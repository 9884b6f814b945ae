internal import CLinux
internal import Glibc

/// A socket whose data comes in messages: what datagram, raw and packet sockets are made of.
///
/// Each receive takes one message or several whole ones; each send gives whole ones.
final class MessageSocket: SteppedSocket, Sendable {
    let socket: PolledSocket

    /// What it is, for the ways that differ and for errors.
    let kind: Kind

    /// Whom it is connected to.
    let peerAddress: SocketAddress?

    /// What the network and this machine report of datagrams sent earlier.
    let errors: DatagramErrorQueue

    let receiving = Streak()
    let sending = Streak()
    let counters = DatagramCounters()

    /// The kinds of message sockets.
    struct Kind: Sendable {
        let family: CInt
        let transport: SocketError.Transport
        /// Whether the kernel keeps an error queue for it.
        var hasErrorQueue: Bool { family == AF_INET || family == AF_INET6 }
        var isUnix: Bool { family == AF_UNIX }
        var isIPv6: Bool { family == AF_INET6 }
    }

    init(
        _ descriptor: consuming Descriptor,
        kind: Kind,
        loop: EventLoop,
        peer: SocketAddress? = nil
    ) {
        errors = DatagramErrorQueue(isKernels: kind.hasErrorQueue)
        socket = PolledSocket(descriptor, loop: loop, interest: .reading, errors: errors)
        self.kind = kind
        peerAddress = peer
    }

    deinit { socket.close() }

    var isConnected: Bool { peerAddress != nil }

    var localAddress: SocketAddress? {
        socket.withNumber { System.localAddress($0) } ?? nil
    }

    var idleLimitNanoseconds: Int64 { .max }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        errno: CInt,
        transferred count: Int,
        detail: String?
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            over: kind.transport,
            errno: errno,
            transferredCount: count,
            detail: detail
        )
    }

    // MARK: Receiving

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> ReceivedDatagram {
        try await enter(.reading, .receive)
        var hasFailed = false
        while true {
            let result = unsafe memory.withUnsafeMutableBytes { unsafe receiveOne(into: $0) }
            switch result {
            case .datagram(let datagram):
                socket.leave(.reading, ready: true)
                return datagram
            case .failure(let errno):
                try await retryMessage(.reading, .receive, after: errno, &hasFailed)
            }
        }
    }

    private enum Reception {
        case datagram(ReceivedDatagram)
        case failure(Int)
    }

    private func receiveOne(into memory: UnsafeMutableRawBufferPointer) -> Reception {
        var head = System.MessageHead()
        let result = unsafe System.receiveMessage(socket.number, memory, &head)
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
        var hasFailed = false
        while true {
            let result = unsafe batch.fill { messages, count in
                unsafe System.receiveMessages(socket.number, messages, count)
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
            try await retryMessage(.reading, .receive, after: result, &hasFailed)
        }
    }

    // MARK: Sending

    func send(
        _ bytes: RawSpan,
        to address: SocketAddress?,
        metadata: DatagramMetadata
    ) async throws(SocketError) {
        try await enter(.writing, .send)
        var hasFailed = false
        while true {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe sendOne($0, to: address, metadata)
            }
            if result >= 0 {
                counters.sent.add()
                counters.sentSize.add(result)
                sending.add(result)
                socket.leave(.writing, ready: true)
                return
            }
            if result == -Int(EMSGSIZE), hasFailed {
                throw tooLarge(bytes.byteCount, to: address, segmentSize: metadata.segmentSize)
            }
            if System.wouldBlock(result), kind.isUnix, !isConnected {
                try await waitForUnixPeer()
            } else {
                try await retryMessage(.writing, .send, to: address, after: result, &hasFailed)
            }
        }
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
            let size = unsafe ControlMessages.write(metadata, isIPv6: kind.isIPv6, to: control)
            return unsafe System.sendMessage(
                socket.number,
                bytes,
                to: address,
                control: UnsafeMutableRawBufferPointer(rebasing: control.prefix(size))
            )
        }
    }

    func send(_ batch: inout DatagramBatch) async throws(SocketError) {
        try await enter(.writing, .send)
        batch.prepareForSending(isIPv6: kind.isIPv6, isConnected: isConnected)
        var count = 0
        var hasFailed = false
        while !batch.isEmpty {
            let result = unsafe batch.withWaiting { messages, count in
                unsafe System.sendMessages(socket.number, messages, count)
            }
            if result > 0 {
                count += result
                counters.sent.add(result)
                let size = batch.removeFirst(result)
                counters.sentSize.add(size)
                sending.add(size)
                hasFailed = false
            } else if System.wouldBlock(result), kind.isUnix, !isConnected {
                try await waitForUnixPeer(transferred: count)
            } else if !System.wouldBlock(result), hasFailed, !isConnected {
                // It failed twice, so it is this datagram's own error, and the others go on.
                errors.add(DatagramError(sending: batch.peer(at: 0), errno: CInt(-result)))
                batch.removeFirst(1)
                hasFailed = false
            } else {
                try await retryMessage(
                    .writing,
                    .send,
                    after: result,
                    transferred: count,
                    &hasFailed
                )
            }
        }
        socket.leave(.writing, ready: true)
    }

    // MARK: Errors

    func receiveError() async throws(SocketError) -> DatagramError {
        let errno = socket.register()
        if errno != 0 { throw failure(.receiveError, errno: -Int(errno)) }
        do throws(DatagramErrorQueue.Nothing) {
            return try await errors.next()
        } catch {
            let code: SocketError.Code =
                switch error {
                case .busy: .busy
                case .closed: .closed
                case .cancelled: .cancelled
                case .deadlinePassed: .deadlinePassed
                }
            throw failure(code, .receiveError)
        }
    }

    /// After a call that failed: waits when it would have blocked, tries again when the error may be
    /// one of a datagram sent earlier, or leaves and throws.
    ///
    /// The kernel reports such an error once, by the next call of either direction, and goes on.
    private func retryMessage(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        to address: SocketAddress? = nil,
        after result: Int,
        transferred count: Int = 0,
        _ hasFailed: inout Bool
    ) async throws(SocketError) {
        let wouldBlock = System.wouldBlock(result)
        let collected = wouldBlock ? 0 : errors.collect(from: socket.number)
        if isConnected, let error = errors.take() {
            socket.leave(direction, ready: true)
            throw failure(error, operation, transferred: count)
        }
        if wouldBlock {
            return try await retry(direction, operation, after: result, transferred: count)
        }
        if collected > 0 || !hasFailed {
            hasFailed = true
            return
        }
        socket.leave(direction, ready: true)
        throw SocketError(
            .init(errno: CInt(-result)),
            in: operation,
            local: localAddress,
            peer: address ?? peerAddress,
            over: kind.transport,
            errno: CInt(-result),
            transferredCount: count
        )
    }

    private func failure(
        _ error: DatagramError,
        _ operation: SocketError.Operation,
        transferred count: Int
    ) -> SocketError {
        let report = error.report.drop { $0 == "," || $0 == " " }
        return failure(
            error.code,
            operation,
            errno: error.errno,
            transferred: count,
            detail: report.isEmpty ? nil : String(report)
        )
    }

    /// Leaves, and says what the limit is.
    private func tooLarge(
        _ size: Int,
        to address: SocketAddress?,
        segmentSize: Int?
    ) -> SocketError {
        let limit = sizeLimit(to: address)
        socket.leave(.writing, ready: true)
        return SocketError(
            .messageTooLarge,
            in: .send,
            local: localAddress,
            peer: address ?? peerAddress,
            over: kind.transport,
            errno: EMSGSIZE,
            detail: "\(segmentSize ?? size) bytes, and \(limit)"
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

    /// Gives the receiver of a Unix datagram time: its queue is full, and no event says when it is
    /// not, because this socket is not connected to it.
    private func waitForUnixPeer(transferred count: Int = 0) async throws(SocketError) {
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
}
