import Sessions
import Synchronization

/// What a visitor has seen of the feed, and of the file's way.
final class Tally: Sendable {
    private struct Counts {
        /// The number of the feed that should come next.
        var next = 1
        var taken = 0
        var twice = 0
        var lost = 0
        var progress: FileProgress?
    }

    private let counts = Mutex(Counts())

    /// Looks at the numbers alone: this is to be told of what a session gets wrong, too.
    func take(_ element: ChannelElement) {
        guard let number = element.message.flatMap({ Int($0.text) }) else { return }
        counts.withLock { counts in
            counts.taken += 1
            if number < counts.next { counts.twice += 1 }
            counts.lost += max(0, number - counts.next)
            counts.next = max(counts.next, number + 1)
        }
    }

    func note(_ progress: FileProgress) { counts.withLock { $0.progress = progress } }

    /// Messages of the feed that are not there, or too often.
    var mistakes: (lost: Int, twice: Int) { counts.withLock { ($0.lost, $0.twice) } }

    var words: String {
        let counts = counts.withLock { $0 }
        let share = counts.progress.map { $0.offset * 100 / $0.size } ?? 0
        return "feed: \(counts.taken) messages, file: \(share) %"
    }
}
