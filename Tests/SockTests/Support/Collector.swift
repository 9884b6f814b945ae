import Foundation

/// What comes out of a pipe, collected by a thread of its own.
final class Collector: @unchecked Sendable {
    // "@unchecked": everything below is touched with the condition locked.

    let pipe = Pipe.closedOnExec()
    private let condition = NSCondition()
    private var bytes = Data()
    /// Of `bytes`, already given out as lines.
    private var taken = 0
    private var ended = false

    /// Reads until the end.
    ///
    /// Called when the writer has its own copy of the pipe.
    func start() {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread {
            while true {
                let data = handle.availableData
                self.condition.withLock {
                    self.bytes.append(data)
                    self.ended = self.ended || data.isEmpty
                    self.condition.broadcast()
                }
                if data.isEmpty { return }
            }
        }
    }

    /// Nothing will come.
    func end() { condition.withLock { ended = true } }

    /// The next line, without its newline; nil at the end.
    func line() -> String? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let newline = bytes[taken...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { taken = newline + 1 }
                return String(decoding: bytes[taken..<newline], as: UTF8.self)
            }
            if ended { return nil }
            condition.wait()
        }
    }

    /// Everything that was not given out as a line, once the end has come.
    func rest() -> Data {
        condition.lock()
        defer { condition.unlock() }
        while !ended { condition.wait() }
        return Data(bytes[taken...])
    }
}
