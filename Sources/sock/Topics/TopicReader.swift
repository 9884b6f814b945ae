import Sessions
import Sockets

/// Where a subscriber is in a topic: what to ask for in the next session, so that nothing is lost and
/// nothing comes twice.
struct TopicReader {
    /// What to do with an event.
    enum Action: Equatable {
        case print(TopicEntry, epoch: UInt64, isRetained: Bool)
        case tellGap(epoch: UInt64, first: UInt64, end: UInt64)
        case tellSubscribers(Int)
        case nothing
    }

    /// From where the next session goes on.
    private(set) var start: TopicStart
    private var epoch: UInt64 = 0
    /// Whether the value that stands for the topic is still to come.
    private var awaitsRetained: Bool

    init(from start: TopicStart) {
        self.start = start
        awaitsRetained = start == .now
    }

    mutating func take(_ event: TopicEvent) -> Action {
        switch event {
        case .position(let position):
            epoch = position.epoch
            start = startAfter(position)
            return .nothing
        case .retained(let entry):
            defer { awaitsRetained = false }
            return awaitsRetained ? .print(entry, epoch: epoch, isRetained: true) : .nothing
        case .subscribers(let count):
            // It comes behind what is retained.
            awaitsRetained = false
            return .tellSubscribers(count)
        case .entry(let entry):
            awaitsRetained = false
            start = .position(Self.position(epoch, behind: entry.offset))
            return .print(entry, epoch: epoch, isRetained: false)
        case .gap(let epoch, let first, let end):
            if epoch == self.epoch, end > first {
                start = .position(Self.position(epoch, behind: end - 1))
            }
            return .tellGap(epoch: epoch, first: first, end: end)
        }
    }

    /// Now it is known where the topic ends, the start does not move with it any more.
    private func startAfter(_ end: TopicPosition) -> TopicStart {
        switch start {
        case .now: .position(end)
        case .last(let count):
            .position(
                TopicPosition(
                    epoch: end.epoch,
                    offset: end.offset - min(end.offset, UInt64(clamping: count))
                )
            )
        case .position(let position):
            // Of another epoch everything is new.
            position.epoch == end.epoch
                ? start : .position(TopicPosition(epoch: end.epoch, offset: 0))
        }
    }

    /// The place behind an offset; the last one there is has none behind it.
    private static func position(_ epoch: UInt64, behind offset: UInt64) -> TopicPosition {
        TopicPosition(epoch: epoch, offset: min(offset, (1 << 62) - 2) + 1)
    }
}
