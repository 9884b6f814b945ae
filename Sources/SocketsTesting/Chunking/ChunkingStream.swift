public import Sockets
internal import Synchronization

/// A byte stream that cuts another one's bytes into pieces: a network at its least convenient.
///
/// Each receive gives at most the next chunk's size, and each send goes down in chunks. Everything
/// else is the wrapped stream's; all rules of ``Sockets/ByteStream`` hold if they hold there.
///
/// ```swift
/// let (client, server) = InMemoryStream.pair()
/// let slow = ChunkingStream(server, receiving: .repeating(1), sending: .random(seed: 7, upTo: 5))
/// ```
public final class ChunkingStream<Base: ByteStream>: ByteStream {
    /// The stream the bytes come from and go to.
    public let base: Base
    private let receiving: Lock<ChunkSizes>
    private let sending: Lock<ChunkSizes>
    /// One send is many of the wrapped stream's, which cannot refuse a second one in between.
    private let isSending = Atomic<Bool>(false)

    /// Cuts what comes from and goes to a stream.
    public init(_ base: Base, receiving: ChunkSizes = .whole, sending: ChunkSizes = .whole) {
        self.base = base
        self.receiving = Lock(receiving)
        self.sending = Lock(sending)
    }

    /// Receives at most the next chunk's size.
    ///
    /// Otherwise as the wrapped stream.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        let size = min(receiving.withLock { $0.next() }, memory.byteCount)
        if size == memory.byteCount { return try await base.receive(into: &memory) }
        // Memory of the chunk's size, copied afterwards: a part of a span cannot be lent on yet.
        var chunk = [UInt8](repeating: 0, count: size)
        var span = chunk.mutableSpan
        var piece = unsafe span.mutableBytes
        let count = try await base.receive(into: &piece)
        for index in 0..<count {
            memory.storeBytes(of: chunk[index], toByteOffset: index, as: UInt8.self)
        }
        return count
    }

    /// Receives at most the next chunk's size.
    ///
    /// Otherwise as the wrapped stream.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        // A buffer of the chunk's size: the wrapped stream's own form is used, and cannot give more.
        let size = min(receiving.withLock { $0.next() }, buffer.limit - buffer.count)
        guard size > 0 else { return try await base.receive(into: &buffer) }
        var piece = ByteBuffer(limit: size)
        let count = try await base.receive(into: &piece)
        buffer.append(piece.bytes)
        return count
    }

    /// Sends all bytes in chunks.
    ///
    /// Cancellation and deadlines: partial, counted over all chunks.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try enterSending(.send)
        defer { isSending.store(false, ordering: .releasing) }
        var count = 0
        repeat {
            let size = min(sending.withLock { $0.next() }, bytes.byteCount - count)
            do throws(SocketError) {
                try await base.send(bytes.extracting(count..<count + size))
            } catch {
                throw SocketError(
                    error.code,
                    in: error.operation,
                    local: error.localAddress,
                    peer: error.peerAddress,
                    errno: error.errno,
                    transferredCount: count + error.transferredCount,
                    detail: error.detail
                )
            }
            count += size
        } while count < bytes.byteCount
    }

    /// The wrapped stream's half-close.
    public func finish() async throws(SocketError) {
        try enterSending(.finish)
        defer { isSending.store(false, ordering: .releasing) }
        try await base.finish()
    }

    /// Closes the wrapped stream.
    public func close() { base.close() }

    /// Resets the wrapped stream.
    public func reset() { base.reset() }

    private func enterSending(_ operation: SocketError.Operation) throws(SocketError) {
        if isSending.exchange(true, ordering: .acquiring) {
            throw SocketError(.busy, in: operation)
        }
    }
}
