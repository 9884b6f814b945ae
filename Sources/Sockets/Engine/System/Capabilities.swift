internal import CLinux

/// The privileges of the calling thread (capabilities(7)).
package enum Capabilities {
    /// Gives all of them up for good: capset(2), an empty bounding set, PR_SET_NO_NEW_PRIVS and
    /// SECBIT_NOROOT, so that also root's execve(2) brings none back.
    ///
    /// They belong to threads, and a new thread has those of the one that starts it: a program that
    /// calls this before anything else has none in any thread.
    ///
    /// - Returns: Zero, or an errno.
    package static func dropAll() -> CInt { clinux_drop_capabilities() }
}
