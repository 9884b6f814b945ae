import Glibc
import Sockets

/// Lines that survive the death of who writes them: each is one write(2), and there when it returns.
final class RecordFile: Sendable {
    private let descriptor: CInt
    private let path: String
    private let firstFailure = Lock<RecordFailure?>(nil)

    init(_ path: String) throws(RecordFailure) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RecordFailure(path: path, errno: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func note(_ line: String) throws(RecordFailure) {
        let line = line + "\n"
        let count = unsafe write(descriptor, line, line.utf8.count)
        guard count != line.utf8.count else { return }
        let failure = RecordFailure(path: path, errno: count < 0 ? errno : ENOSPC)
        firstFailure.withLock { $0 = $0 ?? failure }
        throw failure
    }

    /// A server goes on when what serves one session fails: whoever has records looks at its end.
    func check() throws(RecordFailure) {
        if let failure = firstFailure.withLock({ $0 }) { throw failure }
    }
}

/// A line that was not written.
struct RecordFailure: Error, CustomStringConvertible {
    let path: String
    let errno: CInt

    var description: String { "\(path) cannot be written: errno \(errno)" }
}

/// What one process writes down, in files that begin with its name.
struct Records: Sendable {
    /// Messages that the application has dealt with.
    let handled: RecordFile
    /// Receipts, as the application got them.
    let receipts: RecordFile
    /// Messages of which bytes were given to a transport, whether they went anywhere or not.
    let handedOver: RecordFile
    /// Sessions, and how they ended.
    let sessions: RecordFile

    init(_ folder: String, _ name: String) throws(RecordFailure) {
        handled = try RecordFile("\(folder)/\(name).handled")
        receipts = try RecordFile("\(folder)/\(name).receipts")
        handedOver = try RecordFile("\(folder)/\(name).handed-over")
        sessions = try RecordFile("\(folder)/\(name).sessions")
    }

    /// That nothing is missing from them.
    func check() throws(RecordFailure) {
        for record in [handled, receipts, handedOver, sessions] { try record.check() }
    }
}
