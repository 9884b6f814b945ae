import DequeModule

/// The values of a state that wait to be written: one for each key, the latest.
struct ValueQueue: Sendable {
    struct Value: Sendable {
        let send: SendID
        let payload: [UInt8]
        let expiry: SessionInstant?
        /// Values of this key it replaced before they were written.
        var replacedCount: UInt64
    }

    private var waiting: [[UInt8]: Value] = [:]
    /// Keys that may be written, in the order they became so.
    private var ready: Deque<[UInt8]> = []
    /// Keys with a value that is written and not settled, by its number.
    private var written: [UInt64: [UInt8]] = [:]
    private var busy: Set<[UInt8]> = []
    /// Keys and payloads waiting, in bytes.
    private(set) var size = 0

    var count: Int { waiting.count }

    /// The credit of the next value; nil if none may be written.
    var nextCharge: UInt64? {
        guard let key = ready.first, let value = waiting[key] else { return nil }
        let size =
            Varint.size(value.replacedCount) + Varint.size(UInt64(key.count)) + key.count
            + value.payload.count
        return UInt64(size + Rule.messageCharge)
    }

    /// Whether there is a value that a new one of `key` would replace.
    func isWaiting(_ key: [UInt8]) -> Bool { waiting[key] != nil }

    /// Puts the latest value of a key in; gives the send it replaces.
    mutating func put(_ key: [UInt8], _ value: Value) -> SendID? {
        var value = value
        let old = waiting[key]
        if let old {
            value.replacedCount = old.replacedCount + 1
            size -= old.payload.count
        } else {
            size += key.count
            if !busy.contains(key) { ready.append(key) }
        }
        size += value.payload.count
        waiting[key] = value
        return old?.send
    }

    /// Takes the next value out as a message, which will have `number`.
    mutating func next(number: UInt64) -> (SendID, payload: [UInt8], expiry: SessionInstant?)? {
        guard let key = ready.popFirst(), let value = waiting.removeValue(forKey: key) else {
            return nil
        }
        size -= key.count + value.payload.count
        busy.insert(key)
        written[number] = key
        var payload: [UInt8] = []
        payload.reserveCapacity(value.payload.count + key.count + 10)
        payload.append(number: value.replacedCount)
        payload.append(field: key)
        payload.append(contentsOf: value.payload)
        return (value.send, payload, value.expiry)
    }

    /// The value with a number is settled: its key may be written again.
    mutating func settled(_ number: UInt64) {
        guard let key = written.removeValue(forKey: number) else { return }
        busy.remove(key)
        if waiting[key] != nil { ready.append(key) }
    }

    /// Takes out what `isMeant`; gives the sends.
    mutating func remove(where isMeant: (Value) -> Bool) -> [SendID] {
        var removed: [SendID] = []
        for (key, value) in waiting where isMeant(value) {
            removed.append(value.send)
            size -= key.count + value.payload.count
            waiting[key] = nil
        }
        if !removed.isEmpty { ready.removeAll { waiting[$0] == nil } }
        return removed.sorted()
    }

    /// When the first value waiting runs out of time.
    var earliestExpiry: SessionInstant? { waiting.values.compactMap(\.expiry).min() }
}
