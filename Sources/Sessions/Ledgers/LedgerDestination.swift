public import Files
internal import Glibc
internal import Logging
internal import SessionProtocol
internal import Sockets

/// Where ledgers are written (docs/session-protocol.md §12).
public struct LedgerDestination: Hashable, Sendable {
    private let path: BytePath

    /// A folder: a file for each session, `<session>-client.ledger` or `<session>-server.ledger`.
    ///
    /// Each is whole: it is written under another name and renamed.
    public static func folder(_ path: String) -> Self { Self(path: BytePath(path)) }

    /// The same of a folder whose name need not be UTF-8.
    public static func folder(_ path: BytePath) -> Self { Self(path: path) }

    /// Writes the ledger of a session that is over.
    ///
    /// Failure is logged: nobody is there any more to be told.
    func write(_ session: Session, _ logger: Logger) {
        guard session.statistics().attachmentCount > 0 else { return }
        do throws(FileError) {
            let folder = Folder(try FileCalls.openRoot(path))
            let name = Array("\(session.id)-\(session.role).ledger".utf8)
            let part = [UInt8(ascii: ".")] + name
            let file = try folder.openForWriting(part, flags: O_CREAT | O_TRUNC)
            let text = Array(session.ledger.text.utf8)
            try unsafe FileCalls.write(file.number, text.span.bytes, at: 0)
            try FileCalls.rename(part, to: name, in: folder.number, replaces: true)
        } catch {
            logger.error(
                "ledger is not written",
                metadata: [
                    "session": "\(session.id)", "folder": "\(path.printable)", "error": "\(error)",
                ]
            )
        }
    }
}
