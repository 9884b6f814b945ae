import Glibc

/// What comes from a descriptor, read by a thread that may block.
///
/// For terminals and whatever else cannot be spliced. The descriptor stays blocking: O_NONBLOCK
/// belongs to the open file, which the shell and our siblings share. A thread that is blocked in
/// read(2) cannot be cancelled; whoever waits for it can, and the thread ends with the process.
final class InputChunks: Sendable {
    /// Read at once.
    ///
    /// 64 KiB: the point where larger reads stop being faster here.
    static let chunkSize = 65_536

    /// Chunks read ahead, so that reading and sending overlap.
    private static let aheadLimit: UInt32 = 2

    private let stream: AsyncStream<Result<[UInt8], Failure>>
    private let room = Semaphore(aheadLimit)

    init(_ descriptor: CInt, atMost size: Int = chunkSize) {
        let (stream, continuation) = AsyncStream<Result<[UInt8], Failure>>.makeStream()
        self.stream = stream
        do throws(Failure) {
            try BackgroundThread.start { [room] in
                while true {
                    room.wait()
                    let chunk = Blocking.read(descriptor, atMost: size)
                    continuation.yield(
                        chunk.mapError { Failure($0, "read the standard input") }
                    )
                    if case .success(let bytes) = chunk, !bytes.isEmpty { continue }
                    continuation.finish()
                    return
                }
            }
        } catch {
            // For whoever reads first.
            continuation.yield(.failure(error))
            continuation.finish()
        }
    }

    /// The next chunk; nil at the end.
    ///
    /// One task at a time. Cancelling ends the whole: what comes after that is nobody's.
    func next() async throws -> [UInt8]? {
        var chunks = stream.makeAsyncIterator()
        guard let chunk = await chunks.next() else {
            try Task.checkCancellation()
            return nil
        }
        room.signal()
        switch chunk {
        case .success(let bytes): return bytes.isEmpty ? nil : bytes
        case .failure(let failure): throw failure
        }
    }

    /// Calls `body` with one chunk after the other until the end.
    ///
    /// One call for a descriptor.
    func read(_ body: ([UInt8]) async throws -> Void) async throws {
        while let bytes = try await next() { try await body(bytes) }
    }
}
