internal import Glibc

/// The one owner of a file descriptor: not copyable, closed when it goes.
struct Descriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by.
    let number: CInt

    /// Takes ownership of an open descriptor.
    init(_ number: CInt) {
        precondition(number >= 0, "a descriptor is never negative")
        self.number = number
    }

    /// Gives the number up without closing it.
    consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    // close(2) is never repeated on EINTR: Linux has released the number by then.
    deinit { _ = Glibc.close(number) }
}
