internal import ChatCore
internal import ChatStore

/// An engine and a model to which the same is done.
struct ArchiveComparison {
    var archive: any ChatArchive
    let model: MemoryArchive
    let seed: UInt64
    var step = 0

    func check(_ holds: Bool, _ promise: String) throws {
        guard !holds else { return }
        throw ArchiveViolation(
            description: "it should be that \(promise): seed \(seed), step \(step)"
        )
    }

    func store(_ change: ArchiveChange) throws {
        try archive.store(change)
        try model.store(change)
    }

    /// A change that does not follow is refused, and leaves nothing behind.
    func misuse(_ change: ArchiveChange) throws {
        // The first record of an archive may have any number.
        if let last = model.last() {
            var later = change
            later.number += 1
            try refuse(later, "a record that leaves a number out is refused")
            var again = change
            again.number = last.number
            try refuse(again, "a number is given once")
            var older = change
            older.record.time = WallTime(milliseconds: last.time.milliseconds - 1)
            try refuse(older, "time does not go back")
        }
        var lost = change
        lost.entries.append(.init(index: lost.record.entries.count, place: PlaceKey("nowhere")))
        try refuse(lost, "an entry that is not there is not filed")
    }

    private func refuse(_ change: ArchiveChange, _ promise: String) throws {
        do {
            try archive.store(change)
        } catch {
            return try check(error.code == .misuse, "\(promise) as a mistake of the caller")
        }
        try check(false, promise)
    }

    func retain(_ retention: Retention) throws {
        for store in [archive, model] as [any ChatArchive] {
            while try store.retain(retention, limit: 7) == 7 {}
        }
        try check(
            try archive.retain(retention, limit: 7) == 0,
            "what is over is gone when nothing more goes"
        )
    }

    /// Reads everything there is to read from both.
    func compare(_ random: inout ArchiveRandom) throws {
        try check(try archive.last() == model.last(), "the last record is known")
        try check(try archive.rows() == model.rows(), "rows are what was last put")
        let first = UInt64.random(in: 0...(model.last()?.number ?? 0), using: &random.generator)
        try check(
            try archive.records(from: first, limit: 5) == model.records(from: first, limit: 5),
            "records are followed from any number, \(first) here, without a hole"
        )
        for _ in 0..<4 {
            let page = random.page(model)
            try check(try archive.page(page) == model.page(page), "a page is right: \(page)")
            let search = random.search(model)
            try check(
                try archive.search(search) == model.search(search),
                "a search is right: \(search)"
            )
            let offset = random.offset(model)
            try check(
                try archive.entry(at: offset) == model.entry(at: offset),
                "an entry is found by its offset, \(offset)"
            )
        }
    }
}
