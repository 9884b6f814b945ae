internal import COpenSSL
internal import Sockets

/// A connection and who is at it: everything a ``TLSStream`` guards by its lock.
///
/// Rule 1. One receive and one send at a time, as ``Sockets/ByteStream`` says; another is busy.
/// Rule 2. Ciphertext leaves in the order it was produced: whoever wants to send some takes the
///         writer's seat, and leaves it in the same critical section that finds nothing left.
/// Rule 3. What the transport did not take stays in `transit` and goes first next time, so a record
///         that is half on the wire is always completed before another begins.
/// Rule 4. After a fault both directions fail with it; after closing, everything is closed.
struct TLSSession {
    let connection: TLSConnection

    private var isReceiving = false
    private var isSending = false
    private var isWriting = false
    private(set) var isClosed = false
    private(set) var isFinished = false
    private var hasEnded = false
    private var isTruncated = false
    private var owesTicket = false
    private var fault: TLSFault?

    init(_ connection: TLSConnection) { self.connection = connection }

    // MARK: Seats

    mutating func enterReceiving() throws(SocketError) {
        if isClosed { throw SocketError(.closed, in: .receive) }
        if isReceiving { throw SocketError(.busy, in: .receive) }
        isReceiving = true
    }

    mutating func leaveReceiving() { isReceiving = false }

    mutating func enterSending(_ operation: SocketError.Operation) throws(SocketError) {
        if isClosed { throw SocketError(.closed, in: operation) }
        if isSending { throw SocketError(.busy, in: operation) }
        if let fault { throw fault.error(in: operation) }
        isSending = true
    }

    mutating func leaveSending() { isSending = false }

    /// Takes the writer's seat; false when somebody has it.
    mutating func enterWriting(_ operation: SocketError.Operation) throws(SocketError) -> Bool {
        // Closing keeps the seat.
        if isClosed { throw SocketError(.closed, in: operation) }
        if isWriting { return false }
        isWriting = true
        return true
    }

    /// Takes the writer's seat if there is something to send and nobody sending it.
    mutating func enterWritingIfNeeded() -> Bool {
        guard hasCiphertext, !isWriting, !isClosed else { return false }
        isWriting = true
        return true
    }

    /// Gives the writer, whose own buffer is empty, what to send next; when there is nothing its seat
    /// is free again.
    mutating func takeCiphertext(_ records: inout ByteBuffer) -> Bool {
        swap(&records, &connection.transit)
        if records.isEmpty { swap(&records, &connection.pipe.outgoing) }
        if records.isEmpty { isWriting = false }
        return !records.isEmpty
    }

    /// Keeps what the transport did not take, and takes the writer's seat from it.
    mutating func putBack(_ records: inout ByteBuffer) {
        swap(&records, &connection.transit)
        isWriting = false
    }

    private var hasCiphertext: Bool {
        !connection.transit.isEmpty || !connection.pipe.outgoing.isEmpty
    }

    // MARK: Steps

    /// Takes the writer's seat, which nobody else wants before there is a stream.
    mutating func beginHandshake() { isWriting = true }

    /// How far a handshake has come.
    enum HandshakeStep {
        case needsMore
        /// It is done, and this end has the last word.
        case done
        /// It is done, and the peer has had the last word.
        case doneInSilence
    }

    /// Goes on with the handshake.
    mutating func handshake() throws(TLSFault) -> HandshakeStep {
        switch connection.handshake() {
        case .done:
            if case .server(let context) = connection.side { owesTicket = context.givesTickets }
            return hasCiphertext ? .done : .doneInSilence
        case .needsMore where isTruncated: throw .cutHandshake
        case .needsMore: return .needsMore
        case .ended: throw .cutHandshake
        case .failed(let fault):
            self.fault = fault
            throw fault
        }
    }

    /// What a receive gets.
    enum Reading {
        /// So many bytes; zero at the end.
        case count(Int)
        case needsMore
        case failed(SocketError)
    }

    /// Reads what there is, as many records as fit.
    mutating func read(into memory: UnsafeMutableRawPointer, _ size: Int) -> Reading {
        if isClosed { return .failed(SocketError(.closed, in: .receive)) }
        // A connection that waits keeps no memory for what has been read.
        defer { connection.pipe.incoming.releaseMemoryIfEmpty() }
        var count = 0
        while count < size, fault == nil, !hasEnded {
            switch unsafe connection.read(into: memory + count, size - count) {
            case .done(let more): count += more
            case .needsMore:
                if count > 0 { return .count(count) }
                // Only what was received can have been cut: sending goes on.
                return isTruncated
                    ? .failed(TLSFault.truncated.error(in: .receive)) : .needsMore
            case .ended: hasEnded = true
            case .failed(let fault): self.fault = fault
            }
        }
        if let fault, count == 0 { return .failed(fault.error(in: .receive)) }
        return .count(count)
    }

    /// Gives the connection records that came; none is the transport's end.
    mutating func take(_ records: inout ByteBuffer) {
        if records.isEmpty { isTruncated = true }
        swap(&records, &connection.pipe.incoming)
    }

    /// Encrypts the next bytes of a send; returns how many.
    mutating func encrypt(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int {
        if isClosed { throw SocketError(.closed, in: .send) }
        if let fault { throw fault.error(in: .send) }
        if isFinished { throw SocketError(.brokenPipe, in: .send) }
        let count = min(bytes.count, Self.burstSize)
        guard count > 0 else { return 0 }
        if owesTicket {
            owesTicket = false
            connection.offerTicket()
        }
        if count > Self.smallSize, connection.pipe.outgoing.isEmpty {
            _ = connection.pipe.outgoing.makeSpace()
        }
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
        if let fault = unsafe connection.write(piece) {
            self.fault = fault
            throw fault.error(in: .send)
        }
        return count
    }

    /// Marks the end of what is sent.
    mutating func finish() {
        guard !isFinished else { return }
        isFinished = true
        connection.markEnd()
    }

    /// What one send of the transport's carries: three records of 16 KiB and one that is shorter by
    /// what the records' own bytes take, so that they fill a chunk of 64 KiB.
    private static let burstSize = 65_536 - 512

    /// Below this the buffer grows as it must; above it a whole chunk is taken.
    ///
    /// Arbitrary.
    private static let smallSize = 16_384

    // MARK: Closing

    /// How to say good-bye.
    enum Farewell {
        /// It was said before.
        case closedBefore
        /// With these records; whether nobody waits for the transport.
        case records(isAlone: Bool)
        /// Not at all: somebody is sending, who is cut off, or there is nothing to end.
        case silent
    }

    /// Refuses everything from now on.
    mutating func close(_ records: inout ByteBuffer) -> Farewell {
        if isClosed { return .closedBefore }
        isClosed = true
        guard connection.isEstablished, !isSending, !isWriting else { return .silent }
        if fault == nil { finish() }
        isWriting = true
        // What was left of an earlier record first, then what is new.
        swap(&records, &connection.transit)
        connection.pipe.moveOutgoing(behind: &records)
        return records.isEmpty ? .silent : .records(isAlone: !isReceiving)
    }

    /// Refuses everything from now on, without a good-bye.
    mutating func abandon() { isClosed = true }
}
