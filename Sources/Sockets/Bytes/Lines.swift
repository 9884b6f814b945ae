extension ByteStream {
    /// The lines that come, without their ends (`\n` or `\r\n`), each at most `limit` bytes.
    ///
    /// ```swift
    /// for try await line in connection.lines(limit: 4096) { print(line) }
    /// ```
    /// Ends with the stream. Fails with ``SocketError/Code/limitExceeded`` for a longer line and
    /// with ``SocketError/Code/malformed`` for one that is not UTF-8. Bytes read ahead belong to
    /// the sequence: to mix lines with other reads, use one ``ByteReader``.
    public func lines(limit: Int) -> Lines<Self> { Lines(stream: self, limit: limit) }
}

/// The lines of a stream; see ``ByteStream/lines(limit:)``.
public struct Lines<Stream: ByteStream>: AsyncSequence {
    /// A line.
    public typealias Element = String
    /// What receiving may throw.
    public typealias Failure = SocketError

    let stream: Stream
    let limit: Int

    /// Reads from here on; one iterator a sequence.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: ByteReader(stream), limit: limit)
    }

    /// Reads one line after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: ByteReader<Stream>
        let limit: Int

        /// The next line, or nil at the end of the stream.
        public mutating func next() async throws(SocketError) -> String? {
            try await reader.line(limit: limit)
        }

        /// The next line, or nil at the end of the stream.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(SocketError) -> String? {
            try await reader.line(limit: limit)
        }
    }
}
