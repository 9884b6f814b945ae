public import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// The ledgers that sessions have written, compared afterwards.
public enum SessionLedgers {
    /// A larger file is no ledger, in bytes.
    ///
    /// 64 MiB: a million messages without receipt.
    public static let sizeLimit = 67_108_864

    /// Balances the ledgers of the two ends of a session.
    ///
    /// - Parameters:
    ///   - one: The file of one end.
    ///   - other: The file of the other.
    /// - Returns: What they disagree on, in words; nothing: every message is accounted for.
    /// - Throws: ``SessionError``: `storage` for a file that cannot be read, `malformed` for one that is no
    ///   ledger, with the line.
    public static func verify(
        _ one: String,
        _ other: String
    ) throws(SessionError) -> [String] {
        try verify(BytePath(one), BytePath(other))
    }

    /// The same of files whose names need not be UTF-8.
    public static func verify(
        _ one: BytePath,
        _ other: BytePath
    ) throws(SessionError) -> [String] {
        Ledger.balance(try read(one), try read(other))
    }

    private static func read(_ path: BytePath) throws(SessionError) -> Ledger {
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try SourceFile(path: path)
            guard file.size <= UInt64(sizeLimit) else {
                throw FileError(errno: EFBIG)
            }
            var all: [UInt8] = []
            while true {
                let piece = try file.read(at: UInt64(all.count), limit: 65_536)
                if piece.isEmpty { break }
                all += piece
            }
            bytes = all
        } catch {
            throw SessionError(.storage, .failed, "\(path.printable): \(error)")
        }
        do throws(LedgerTextError) {
            return try Ledger(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw SessionError(.malformed, .malformed, "\(path.printable): \(error)")
        }
    }
}
