import Sockets

/// A command that needs privileges for what it opens first, and for nothing after.
protocol PrivilegedCommand: InterruptibleCommand {
    /// Opens it, and keeps what failed for when the command runs.
    ///
    /// Must not start a thread: capabilities belong to threads, and each has those of the one that
    /// started it.
    func openPrivileged()
}

extension PrivilegedCommand {
    /// Opens what needs a privilege, and drops all of them for good (capabilities(7)).
    func preparePrivileges() {
        openPrivileged()
        // Cannot fail for fewer than there are; and without it the tool works as well.
        _ = Capabilities.dropAll()
    }
}
