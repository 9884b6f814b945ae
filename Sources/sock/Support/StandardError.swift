import Glibc
internal import Sockets

/// The standard error of the process: lines, and on a terminal one status below them that is drawn over
/// and over.
///
/// Who tells something only leaves it here, whatever the standard error is: a terminal after ^S, or a pipe
/// that nobody empties, holds up no loop and no client. A thread of its own writes. What does not fit
/// meanwhile is dropped, counted, and said when it flows again.
final class StandardError: Sendable {
    static let shared = StandardError()

    /// Bytes that wait at most; as many may be on their way at the same time.
    ///
    /// Arbitrary: some 40,000 lines, a moment of a busy server.
    static let sizeLimit = 4 << 20

    /// How long a command that ends waits for its last words to be taken.
    ///
    /// Arbitrary.
    static let farewell = Duration.seconds(1)

    private struct Board {
        var waiting: [UInt8] = []
        var droppedCount = 0
        /// How a dropped line would have been told.
        var dropsAreJSON = false
        var status = ""
        /// What the terminal shows of it, or the thread is about to.
        var drawn = ""
        var isWriting = false
        var hasThread = false
        /// Told when all of it has been written.
        var waiter: Semaphore?

        var isDone: Bool { waiting.isEmpty && droppedCount == 0 && status == drawn }
    }

    private let board = Lock<Board>(Board())
    private let work = Semaphore()
    private let descriptor: CInt

    /// - Parameter descriptor: What is written; another than the standard error in tests.
    init(_ descriptor: CInt = STDERR_FILENO) { self.descriptor = descriptor }

    /// Leaves a line, which goes above the status.
    ///
    /// - Parameters:
    ///   - line: Without its newline.
    ///   - isJSON: Whether lines of this command are JSON: that some were dropped is then told so.
    func tell(_ line: String, isJSON: Bool) {
        change { board in
            let size = line.utf8.count + 1
            // Once some were dropped, what follows waits until that has been said, in its place.
            guard board.droppedCount == 0, board.waiting.count + size <= Self.sizeLimit else {
                board.droppedCount += 1
                board.dropsAreJSON = isJSON
                return
            }
            board.waiting.append(contentsOf: line.utf8)
            board.waiting.append(UInt8(ascii: "\n"))
        }
    }

    /// Shows this below the lines; nothing when it is empty.
    func show(_ status: String) { change { $0.status = status } }

    /// Blocks until all has been written, but not for long.
    ///
    /// For the end of the process, on a thread that may block.
    func flush() {
        let written = Semaphore()
        let (mustWait, hasThread) = board.withLock { board in
            board.status = ""
            guard !board.isDone || board.isWriting else { return (false, true) }
            board.waiter = written
            return (true, board.hasThread)
        }
        guard mustWait else { return }
        guard hasThread else { return writeWithoutThread(within: Self.farewell) }
        work.signal()
        written.wait(within: Self.farewell)
    }

    private func change(_ body: (inout Board) -> Void) {
        let mustStart = board.withLock { board in
            body(&board)
            defer { board.hasThread = true }
            return !board.hasThread
        }
        if mustStart { start() } else { work.signal() }
    }

    private func start() {
        do throws(Failure) {
            // Holds itself: it ends with the process.
            try BackgroundThread.start { while true { self.serve() } }
            work.signal()
        } catch {
            board.withLock { $0.hasThread = false }
            writeWithoutThread(within: .zero)
        }
    }

    private func serve() {
        work.wait()
        if let text = take() { _ = Blocking.write(text, to: descriptor) }
        let waiter = board.withLock { board in
            board.isWriting = false
            guard board.isDone else { return nil as Semaphore? }
            defer { board.waiter = nil }
            return board.waiter
        }
        waiter?.signal()
    }

    /// All that is to be written now; nil for nothing.
    private func take() -> [UInt8]? {
        board.withLock { board in
            if board.isDone { return nil }
            var text: [UInt8] = []
            // Over the status, which comes again below.
            if !board.drawn.isEmpty { text += Array("\r\u{1B}[K".utf8) }
            text += board.waiting
            if board.droppedCount > 0 { text += Self.words(board.droppedCount, board.dropsAreJSON) }
            // A line that wraps could not be taken away again.
            if !board.status.isEmpty {
                let columns = Terminal.size(descriptor).columns - 1
                text += ProgressText.fitted(board.status, columns: columns).utf8
            }
            board.waiting = []
            board.droppedCount = 0
            board.drawn = board.status
            board.isWriting = true
            return text
        }
    }

    private static func words(_ count: Int, _ isJSON: Bool) -> [UInt8] {
        let line: JSONLine = ["event": .text("lines_dropped"), "line_count": .number(count)]
        let words = "sock: \(count) lines were not written: nobody read the standard error"
        return Array(((isJSON ? line.description : words) + "\n").utf8)
    }

    /// Where no thread can be started: as much as is taken without blocking.
    private func writeWithoutThread(within limit: Duration) {
        guard let text = take() else { return }
        let end = ContinuousClock.now + limit
        var rest = text[...]
        while !rest.isEmpty {
            let patience = max(.zero, end - .now) / .milliseconds(1)
            guard Blocking.isReady(descriptor, POLLOUT, within: CInt(patience)) else { break }
            // A pipe that is ready takes so much at once, and does not block (pipe(7)).
            let piece = rest.prefix(Int(PIPE_BUF))
            guard Blocking.write(Array(piece), to: descriptor) == 0 else { break }
            rest = rest.dropFirst(piece.count)
        }
        board.withLock { board in
            board.isWriting = false
            board.waiting.insert(contentsOf: rest, at: 0)
        }
    }
}
