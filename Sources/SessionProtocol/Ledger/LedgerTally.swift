/// The sums of a ledger, kept all the time (docs/session-protocol.md §12).
struct LedgerTally: Hashable, Sendable {
    var sentCount: UInt64 = 0
    var deliveredCount: UInt64 = 0
    var refusedCount: UInt64 = 0
    var deliveredDigest: UInt32 = 0
    var takenCount: UInt64 = 0
    var takenDigest: UInt32 = 0

    mutating func deliver(_ hash: UInt32) {
        deliveredCount += 1
        deliveredDigest &+= hash
    }

    mutating func refuse() { refusedCount += 1 }

    mutating func take(_ hash: UInt32) {
        takenCount += 1
        takenDigest &+= hash
    }
}
