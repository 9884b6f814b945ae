import NetworkTools
import Sockets

/// A command that needs a privilege at most for opening its sockets.
protocol ProbingCommand: InterruptibleCommand {
    /// Whether it sends echo requests.
    var sendsEchoes: Bool { get }
}

extension ProbingCommand {
    /// Opens what needs a privilege and drops all of them (capset(2)).
    ///
    /// Capabilities belong to threads, and new threads inherit them: this is the only one yet.
    func preparePrivileges() {
        if sendsEchoes { Privileges.access.withLock { $0 = EchoAccess.open() } }
        // Cannot fail for fewer than there are; and without it the tool works as well.
        _ = Capabilities.dropAll()
    }
}

/// What was opened before the privileges were dropped.
enum Privileges {
    static let access = Lock<EchoAccess?>(nil)

    /// The sockets for echo requests; once.
    static func takeEchoAccess() -> EchoAccess {
        access.withLock { $0.take() } ?? .open()
    }
}
