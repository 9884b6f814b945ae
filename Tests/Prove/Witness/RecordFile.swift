import Glibc

/// Lines that survive the death of who writes them: each is one write(2), and there when it returns.
final class RecordFile: Sendable {
    private let descriptor: CInt

    init(_ path: String) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { fatalError("\(path) cannot be written: errno \(errno)") }
    }

    deinit { close(descriptor) }

    func note(_ line: String) {
        let line = line + "\n"
        let count = unsafe write(descriptor, line, line.utf8.count)
        guard count == line.utf8.count else { fatalError("a record is lost: errno \(errno)") }
    }
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

    init(_ folder: String, _ name: String) {
        handled = RecordFile("\(folder)/\(name).handled")
        receipts = RecordFile("\(folder)/\(name).receipts")
        handedOver = RecordFile("\(folder)/\(name).handed-over")
        sessions = RecordFile("\(folder)/\(name).sessions")
    }
}
