internal import Glibc
package import Sockets

/// A file that is being served: open for as long as anybody has this.
///
/// Renaming another over it, or deleting it, changes nothing for who has it open: the bytes are those
/// of the moment of the request.
public final class OpenFile: Sendable {
    private let descriptor: Descriptor

    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Lends the descriptor, for sendfile(2): it stays open until the closure is done, whatever
    /// becomes of this object meanwhile.
    ///
    /// ```swift
    /// let sent = try await file.withDescriptor { number throws(SocketError) in
    ///     try await connection.sendFile(descriptor: number, offset: range.lowerBound, count: range.count)
    /// }
    /// ```
    public func withDescriptor<Result, Failure: Error>(
        _ body: (CInt) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try await body(descriptor.number)
    }

    /// Reads from a place in the file: pread(2), for transports that have no sendfile(2).
    ///
    /// May wait for the disk, as sendfile(2) may.
    ///
    /// - Returns: How many bytes, zero at the end of the file.
    public func read(into memory: inout MutableRawSpan, at offset: Int) throws(FileError) -> Int {
        try FileCalls.read(descriptor.number, into: &memory, at: offset)
    }

    /// The number, for system calls while this is there.
    package var number: CInt { descriptor.number }

    /// fstat(2).
    package func status() throws(FileError) -> FileStatus {
        try FileCalls.status(descriptor.number)
    }
}
