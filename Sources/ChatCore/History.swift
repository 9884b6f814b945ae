import DequeModule

/// The last lines of a room.
struct History: Sendable {
    /// Oldest first.
    private(set) var messages: Deque<Message> = []
    /// Bytes of text in them.
    private(set) var size = 0

    /// Adds a line, and lets go of the oldest that no longer fit.
    mutating func append(_ message: Message, limits: ChatLimits) {
        messages.append(message)
        size += message.text.utf8.count
        while messages.count > limits.historyLineLimit || size > limits.historySizeLimit,
            let oldest = messages.popFirst()
        {
            size -= oldest.text.utf8.count
        }
    }

    /// Traps unless the limits hold and the sizes add up.
    func checkInvariants(limits: ChatLimits) {
        precondition(messages.count <= limits.historyLineLimit, "history is bounded in lines")
        precondition(size <= limits.historySizeLimit, "history is bounded in bytes")
        precondition(size == messages.reduce(0) { $0 + $1.text.utf8.count }, "sizes add up")
    }
}
