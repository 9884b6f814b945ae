import Glibc
import Sockets

/// What a person says: one text, or the lines of the standard input as they come.
final class LineInput: Sendable {
    /// A line may have so many bytes.
    ///
    /// What one message takes by default (docs/session-protocol.md §9), so that a line that is too long is
    /// told as such.
    static let lineSizeLimit = 196_608

    struct State {
        var lines: DatagramLines
        /// Taken apart, and not asked for yet; the next one last.
        var ready: [[UInt8]] = []
        var hasEnded = false
    }

    private let chunks: InputChunks?
    private let state: Lock<State>

    /// One text, or nil for the standard input.
    init(_ text: [UInt8]?) {
        var state = State(lines: DatagramLines(limit: Self.lineSizeLimit + 1))
        if let text { (state.ready, state.hasEnded) = ([text], true) }
        self.state = Lock(state)
        chunks = text == nil ? InputChunks(STDIN_FILENO) : nil
    }

    /// The next line, without its end; nil when there are no more.
    ///
    /// One task at a time.
    ///
    /// - Throws: A failure for a line that is too long, and for input that cannot be read.
    func next() async throws -> [UInt8]? {
        while true {
            let (line, hasEnded) = state.withLock { state in
                (state.ready.popLast(), state.hasEnded)
            }
            if let line { return line }
            if hasEnded { return nil }
            try take(try await chunks?.next())
        }
    }

    private func take(_ bytes: [UInt8]?) throws(Failure) {
        try state.withLock { state throws(Failure) in
            state.hasEnded = bytes == nil
            let lines = bytes.map { state.lines.take($0) } ?? state.lines.finish()
            for line in lines.reversed() {
                switch line {
                case .whole(let line):
                    let hasNewline = line.last == UInt8(ascii: "\n")
                    state.ready.append(hasNewline ? Array(line.dropLast()) : line)
                case .tooLong(let size):
                    throw Failure(
                        .failed,
                        "a line of \(size) bytes, and the limit is \(Self.lineSizeLimit)"
                    )
                }
            }
        }
    }
}
