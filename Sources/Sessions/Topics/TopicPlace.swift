/// Where a subscription that is lost now has to go on.
struct TopicPlace {
    /// Behind what was seen last; where it begins, before anything was.
    private(set) var position: TopicPosition?
    private let start: TopicStart

    init(_ start: TopicStart) {
        self.start = start
        if case .position(let position) = start { self.position = position }
    }

    mutating func note(_ event: TopicEvent) {
        switch event {
        case .position(let next):
            guard let position else {
                self.position = first(before: next)
                return
            }
            // Offsets have begun anew: everything that is there now is new.
            if position.epoch != next.epoch {
                self.position = TopicPosition(epoch: next.epoch, offset: 0)
            }
        case .entry(let entry):
            goOn(at: entry.offset + 1)
        case .gap(let epoch, _, let end):
            if epoch == position?.epoch { goOn(at: end) }
        case .retained, .subscribers:
            break
        }
    }

    /// The place of the first entry that was asked for, when the topic ends at `next`.
    private func first(before next: TopicPosition) -> TopicPosition {
        guard case .last(let count) = start else { return next }
        let offset = next.offset - min(next.offset, UInt64(count))
        return TopicPosition(epoch: next.epoch, offset: offset)
    }

    private mutating func goOn(at offset: UInt64) {
        position = position.map { TopicPosition(epoch: $0.epoch, offset: offset) }
    }
}
