/// A stream whose operations are given their deadlines one by one: what a protocol's driver does for
/// every message.
///
/// The same as ``withDeadline(_:_:)`` around each, without its task-local value, which costs several
/// times what the rest of a small receive does; a connection of the kernel's is asked directly.
package struct TimedStream: Sendable {
    /// The stream, for everything else.
    package let stream: any ByteStream
    private let connection: StreamConnection?

    package init(_ stream: any ByteStream) {
        self.stream = stream
        connection = stream as? StreamConnection
    }

    /// See ``ByteStream/receive(into:)``; fails with ``SocketError/Code/deadlinePassed``, also by the
    /// task's deadline.
    package func receive(
        into buffer: inout ByteBuffer,
        until deadline: Deadline
    ) async throws(SocketError) -> Int {
        if let connection { return try await connection.receive(into: &buffer, by: deadline) }
        return try await receiveOtherwise(into: &buffer, until: deadline)
    }

    /// Not part of the above, whose frame an idle connection keeps.
    @inline(never)
    private func receiveOtherwise(
        into buffer: inout ByteBuffer,
        until deadline: Deadline
    ) async throws(SocketError) -> Int {
        try await withDeadline(deadline) { () async throws(SocketError) -> Int in
            try await stream.receive(into: &buffer)
        }
    }

    /// Sends what goes without waiting, and without an asynchronous call: how much that was, possibly
    /// nothing.
    package func sendAtOnce(_ bytes: RawSpan) throws(SocketError) -> Int {
        try connection?.sendAtOnce(bytes) ?? 0
    }

    /// See ``ByteStream/send(_:)``; fails with ``SocketError/Code/deadlinePassed``, also by the task's
    /// deadline.
    package func send(_ bytes: RawSpan, until deadline: Deadline) async throws(SocketError) {
        if let connection { return try await connection.send(bytes, by: deadline) }
        try await sendOtherwise(bytes, until: deadline)
    }

    @inline(never)
    private func sendOtherwise(
        _ bytes: RawSpan,
        until deadline: Deadline
    ) async throws(SocketError) {
        try await withDeadline(deadline) { () async throws(SocketError) in
            try await stream.send(bytes)
        }
    }
}
