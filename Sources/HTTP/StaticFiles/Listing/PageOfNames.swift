/// Picks the names of one page out of all names of a folder, which come in any order.
///
/// It keeps about two pages of them, however many there are: the cost of a page grows with the folder
/// only by looking at each name once.
struct PageOfNames {
    private let place: ListingPlace
    private let limit: Int
    /// At most twice the limit and one more, now and then cut to those that are nearest to the place.
    private var kept: [[UInt8]] = []
    /// The last of those that were left by the cut: a name that is further from the place cannot be on
    /// the page.
    private var bound: [UInt8]?
    /// Whether there are names on the near side of the place, and on the far side of the page.
    private var hasNearer = false
    private var hasFurther = false

    init(_ place: ListingPlace, limit: Int) {
        self.place = place
        self.limit = limit
    }

    /// The next name.
    mutating func add(_ name: [UInt8]) {
        guard isBeyondPlace(name) else {
            hasNearer = true
            return
        }
        if let bound, isNearer(bound, name) {
            hasFurther = true
            return
        }
        kept.append(name)
        if kept.count / 2 > limit { cut() }
    }

    /// The names in the order of their bytes, and where the pages around them begin, if there are any.
    mutating func finish() -> (names: [[UInt8]], previous: ListingPlace?, next: ListingPlace?) {
        cut()
        // Of a place beyond all names, perhaps since others were removed: the start is always there.
        let start = hasNearer ? ListingPlace.start : nil
        if case .before = place {
            guard let nearest = kept.first, let furthest = kept.last else {
                return ([], nil, start)
            }
            return (
                kept.reversed(), hasFurther ? .before(furthest) : nil,
                hasNearer ? .after(nearest) : nil
            )
        }
        guard let nearest = kept.first, let furthest = kept.last else { return ([], start, nil) }
        return (
            kept, hasNearer ? .before(nearest) : nil, hasFurther ? .after(furthest) : nil
        )
    }

    /// Whether there are names that this page does not show and a later one does.
    var isCut: Bool {
        if case .before = place { hasNearer } else { hasFurther }
    }

    private mutating func cut() {
        kept.sort(by: isNearer)
        guard kept.count > limit else { return }
        kept.removeLast(kept.count - limit)
        hasFurther = true
        bound = kept.last
    }

    private func isBeyondPlace(_ name: [UInt8]) -> Bool {
        switch place {
        case .start: true
        case .after(let other): other.lexicographicallyPrecedes(name)
        case .before(let other): name.lexicographicallyPrecedes(other)
        }
    }

    /// Whether the first is nearer to the place than the second.
    private func isNearer(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        if case .before = place { return second.lexicographicallyPrecedes(first) }
        return first.lexicographicallyPrecedes(second)
    }
}
