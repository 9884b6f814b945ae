internal import DequeModule
internal import SessionProtocol

/// The sends of one stream whose receipts somebody has asked for, in the order of sending.
///
/// Receipts come in that order too, but for those of messages that were withdrawn: so the next one is
/// nearly always the first.
struct PendingReceipts {
    private struct Entry {
        let send: SendID
        /// Nil once it has its receipt.
        var pending: PendingReceipt?
    }

    private var entries: Deque<Entry> = []
    private var settledCount = 0

    mutating func append(_ pending: PendingReceipt, _ send: SendID) {
        entries.append(Entry(send: send, pending: pending))
    }

    /// Gives a send its receipt; nothing happens if nobody asked for it.
    mutating func settle(_ send: SendID, _ receipt: Receipt, _ aftermath: inout Aftermath) {
        guard let index = index(of: send) else { return }
        entries[index].pending?.settle(receipt, &aftermath)
        entries[index].pending = nil
        settledCount += 1
        while let first = entries.first, first.pending == nil {
            entries.removeFirst()
            settledCount -= 1
        }
        // Those behind one that is never settled must not gather.
        guard settledCount > 32, settledCount > entries.count / 2 else { return }
        entries.removeAll { $0.pending == nil }
        settledCount = 0
    }

    /// By bisection.
    private func index(of send: SendID) -> Int? {
        guard let first = entries.first, first.send <= send else { return nil }
        if first.send == send { return 0 }
        var low = 1
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].send < send { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].send == send ? low : nil
    }
}
