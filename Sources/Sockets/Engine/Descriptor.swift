internal import Glibc

/// The one owner of a file descriptor: not copyable, closed when it goes.
///
/// ```swift
/// let (mine, theirs) = try StreamConnection.pair()
/// let descriptor = try theirs.duplicateDescriptor()
/// theirs.close()
/// let adopted = try StreamConnection.adopt(descriptor)  // consumes it
/// ```
public struct Descriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by: for calls that borrow it, while this owner is there.
    public let number: CInt

    /// Takes ownership of an open descriptor: from here on, nobody else closes it.
    ///
    /// Traps if it is negative.
    public init(_ number: CInt) {
        precondition(number >= 0, "a descriptor is never negative")
        self.number = number
    }

    /// Gives the number up without closing it: who takes it is the owner now.
    public consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    // close(2) is never repeated on EINTR: Linux has released the number by then.
    deinit { _ = Glibc.close(number) }
}
