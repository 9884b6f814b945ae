internal import CLinux

/// The privileges of the calling thread (capabilities(7)).
package enum Capabilities {
    /// Gives all of them up: capset(2).
    ///
    /// They belong to threads, and a new thread has those of the one that starts it: a program that
    /// calls this before anything else has none in any thread.
    ///
    /// - Returns: Zero, or an errno.
    package static func dropAll() -> CInt { clinux_drop_capabilities() }
}
