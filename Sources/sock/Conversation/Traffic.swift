/// What has moved between us and one peer.
struct Traffic: Equatable, Sendable {
    var receivedSize = 0
    var sentSize = 0
    /// Of datagrams or messages; nil for a stream, whose pieces are nobody's business.
    var datagrams: Datagrams?

    struct Datagrams: Equatable, Sendable {
        /// What one is called.
        var noun = "datagram"
        var receivedCount = 0
        var sentCount = 0
        /// Came while too many were waiting to be read, and thrown away.
        var droppedCount = 0
    }

    /// `received 6 bytes`, `received 1 datagram (6 bytes)`, `… , dropped 2 more`.
    var received: String {
        let words = "received \(words(receivedSize, datagrams?.receivedCount))"
        guard let dropped = datagrams?.droppedCount, dropped > 0 else { return words }
        return "\(words), dropped \(dropped) more"
    }

    /// `sent 5 bytes`.
    var sent: String { "sent \(words(sentSize, datagrams?.sentCount))" }

    private func words(_ size: Int, _ count: Int?) -> String {
        guard let datagrams, let count else { return "\(size) bytes" }
        return "\(count) \(datagrams.noun)\(count == 1 ? "" : "s") (\(size) bytes)"
    }

    /// The members of an event.
    func append(to line: inout JSONLine) {
        line.append("received_size", .number(receivedSize))
        line.append("sent_size", .number(sentSize))
        guard let datagrams else { return }
        line.append("received_count", .number(datagrams.receivedCount))
        line.append("sent_count", .number(datagrams.sentCount))
        line.append("dropped_count", .number(datagrams.droppedCount))
    }
}
