import NetworkTools
import Sockets

/// A command that needs a privilege at most for opening its sockets.
protocol ProbingCommand: PrivilegedCommand {
    /// Whether it sends echo requests.
    var sendsEchoes: Bool { get }
}

extension ProbingCommand {
    func openPrivileged() {
        if sendsEchoes { Privileges.access.withLock { $0 = EchoAccess.open() } }
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
