internal import ChatCore

/// What every engine refuses before it touches anything: mistakes of the caller.
enum ArchiveRules {
    /// Checks a change by itself.
    ///
    /// - Returns: the bytes of each of its entries.
    static func check(_ change: ArchiveChange) throws(ChatStoreError) -> [[UInt8]] {
        for filing in change.entries where !change.record.entries.indices.contains(filing.index) {
            throw ChatStoreError(.misuse, "there is no entry \(filing.index) to file")
        }
        guard (1...LogOffset.recordLimit).contains(change.number) else {
            throw ChatStoreError(.misuse, "\(change.number) is no number of a record")
        }
        do {
            _ = try change.record.encoded()
            return try change.record.entries.map { entry throws(LogFormatError) in
                try entry.encoded()
            }
        } catch {
            throw ChatStoreError(.misuse, "a record that cannot be written: \(error)")
        }
    }

    /// Checks that a change follows what is there.
    static func checkOrder(
        _ change: ArchiveChange,
        after last: RecordMark?
    ) throws(ChatStoreError) {
        guard let last else { return }
        guard change.number == last.number + 1 else {
            throw ChatStoreError(.misuse, "record \(change.number) does not follow \(last.number)")
        }
        guard change.record.time >= last.time else {
            throw ChatStoreError(.misuse, "record \(change.number) is older than the one before it")
        }
    }
}
