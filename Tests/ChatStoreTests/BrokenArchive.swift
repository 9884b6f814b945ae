import ChatCore
import ChatStore

/// An archive that breaks one promise.
final class BrokenArchive: ChatArchive {
    enum Fault: CaseIterable {
        case forgetsAnEntry, takesAnyNumber, takesOldTimes, keepsRedacted, keepsEnded,
            findsElsewhere
        case mixesRows, keepsTooMuch, pagesBackwards, leavesRecordsOut, dropsTheUnknown
    }

    private let inner: MemoryArchive
    private let fault: Fault

    init(id: LogID, _ fault: Fault) {
        inner = MemoryArchive(id: id)
        self.fault = fault
    }

    var id: LogID { inner.id }

    func last() -> RecordMark? { inner.last() }

    func store(_ change: ArchiveChange) throws(ChatStoreError) {
        var change = change
        switch fault {
        case .forgetsAnEntry:
            if change.record.entries.count > 3 {
                change.record.entries.removeLast()
                change.entries.removeAll { $0.index == change.record.entries.count }
            }
        case .takesAnyNumber: change.number = inner.last().map { $0.number + 1 } ?? change.number
        case .takesOldTimes:
            let last = inner.last()?.time ?? .zero
            change.record.time = max(change.record.time, last)
        case .keepsRedacted: change.redacted = []
        case .keepsEnded: change.places = []
        case .dropsTheUnknown:
            for (index, entry) in change.record.entries.enumerated() {
                if case .unknown(let number, _) = entry.body {
                    change.record.entries[index].body = .unknown(number: number, bytes: [])
                }
            }
        default: break
        }
        try inner.store(change)
    }

    func rows() -> [StateRow] { fault == .mixesRows ? inner.rows().reversed() : inner.rows() }

    func records(from number: UInt64, limit: Int) -> [ArchivedRecord] {
        let records = inner.records(from: number, limit: limit)
        return fault == .leavesRecordsOut ? Array(records.dropFirst()) : records
    }

    func entry(at offset: LogOffset) -> ArchivedEntry? { inner.entry(at: offset) }

    func page(_ query: PageQuery) -> [ArchivedEntry] {
        fault == .pagesBackwards ? inner.page(query).reversed() : inner.page(query)
    }

    func search(_ query: SearchQuery) -> [ArchivedEntry] {
        var query = query
        if fault == .findsElsewhere { query.places.append(PlaceKey("#a")) }
        return inner.search(query)
    }

    func retain(_ retention: Retention, limit: Int) -> Int {
        fault == .keepsTooMuch ? 0 : inner.retain(retention, limit: limit)
    }
}
