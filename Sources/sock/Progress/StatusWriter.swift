import Glibc
internal import Sockets

/// The standard error of a command that must not wait for it: lines, and on a terminal one status
/// below them that is drawn over and over.
///
/// A thread of its own writes. Who tells something only leaves it here: a terminal at ^S, or a pipe
/// that nobody empties, holds up nothing but itself. What then does not fit is dropped and counted.
final class StatusWriter: Sendable {
    private struct Board {
        var lines: [String] = []
        var droppedCount = 0
        var status = ""
        /// Told when all of it has been written.
        var waiter: AsyncStream<Void>.Continuation?
    }

    /// Lines that wait at most.
    ///
    /// Arbitrary: some megabytes.
    private static let lineLimit = 20_000
    /// How long a command that ends waits for its last words to be taken.
    ///
    /// Arbitrary.
    private static let farewell = Duration.seconds(1)

    private let board = Lock<Board>(Board())
    private let work = Semaphore()
    /// Whether a status is shown.
    let showsStatus: Bool

    /// - Parameter isPlain: Whether nothing but lines is written, whatever is there.
    init(isPlain: Bool) {
        showsStatus = !isPlain && Terminal.isTerminal(STDERR_FILENO)
        // Holds itself: it ends with the process.
        BackgroundThread.start { while true { self.serve() } }
    }

    /// Writes a line, above the status.
    func tell(_ line: String) {
        board.withLock { board in
            guard board.lines.count < Self.lineLimit else {
                board.droppedCount += 1
                return
            }
            board.lines.append(line)
        }
        work.signal()
    }

    /// Shows this below the lines; nothing when it is empty.
    func show(_ status: String) {
        guard showsStatus else { return }
        board.withLock { $0.status = status }
        work.signal()
    }

    /// Takes the status away, and waits a moment until everything has been written.
    func finish() async {
        let (answers, answer) = AsyncStream<Void>.makeStream()
        board.withLock { board in
            board.status = ""
            board.waiter = answer
        }
        work.signal()
        await withTaskGroup { group in
            group.addTask { for await _ in answers {} }
            group.addTask {
                try? await EventLoopGroup.shared.next().sleep(until: .after(Self.farewell))
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func serve() {
        work.wait()
        let board = board.withLock { board in
            defer { board = Board(status: board.status) }
            return board
        }
        var text = showsStatus ? "\r\u{1B}[K" : ""
        for line in board.lines { text += line + "\n" }
        if board.droppedCount > 0 { text += "sock: \(board.droppedCount) lines were not written\n" }
        if showsStatus {
            // A line that wraps could not be taken away again.
            let columns = Terminal.size(STDERR_FILENO).columns - 1
            text += ProgressText.fitted(board.status, columns: columns)
        }
        Announcer.write(text, to: STDERR_FILENO)
        board.waiter?.finish()
    }
}
