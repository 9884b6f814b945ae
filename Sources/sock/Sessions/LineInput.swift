import Glibc
import Sockets

/// What a person says: one text, or the lines of the standard input as they come.
final class LineInput: Sendable {
    /// A line may have so many bytes.
    ///
    /// What one message takes by default (docs/session-protocol.md §9), so that a line that is too long is
    /// told as such.
    static let lineSizeLimit = 196_608

    /// A line of the input.
    enum Line: Equatable {
        /// Without its end.
        case whole([UInt8])
        /// So many bytes, which are more than a line may have: they are passed over.
        case tooLong(Int)
    }

    struct State {
        var lines: DatagramLines
        /// Taken apart, and not asked for yet; the next one last.
        var ready: [Line] = []
        var hasEnded = false
    }

    private let chunks: InputChunks?
    private let state: Lock<State>

    /// One text, or nil for the standard input.
    init(_ text: [UInt8]?) {
        var state = State(lines: DatagramLines(limit: Self.lineSizeLimit + 1))
        if let text { (state.ready, state.hasEnded) = ([.whole(text)], true) }
        self.state = Lock(state)
        chunks = text == nil ? InputChunks(STDIN_FILENO) : nil
    }

    /// The next line; nil when there are no more.
    ///
    /// One task at a time.
    ///
    /// - Throws: A failure for input that cannot be read.
    func next() async throws -> Line? {
        while true {
            let (line, hasEnded) = state.withLock { state in
                (state.ready.popLast(), state.hasEnded)
            }
            if let line { return line }
            if hasEnded { return nil }
            take(try await chunks?.next())
        }
    }

    private func take(_ bytes: [UInt8]?) {
        state.withLock { state in
            state.hasEnded = bytes == nil
            let lines = bytes.map { state.lines.take($0) } ?? state.lines.finish()
            // At the end of the input only the last line may have no newline.
            state.ready += lines.reversed().map { Line($0, hasNewline: bytes != nil) }
        }
    }
}

extension LineInput.Line {
    fileprivate init(_ line: DatagramLines.Line, hasNewline: Bool) {
        switch line {
        case .whole(let bytes): self = .whole(hasNewline ? Array(bytes.dropLast()) : bytes)
        case .tooLong(let size): self = .tooLong(hasNewline ? size - 1 : size)
        }
    }

    /// Why a line of so many bytes is not sent.
    static func refusal(of size: Int) -> String {
        "it has \(size) bytes, and a line may have \(LineInput.lineSizeLimit)"
    }
}
