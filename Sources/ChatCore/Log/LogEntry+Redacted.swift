extension LogEntry {
    /// The entry without its words: who spoke where and when stays, what was said does not.
    public var redacted: LogEntry {
        guard case .said(let said) = body else { return self }
        var blank = MessageSaid()
        blank.target = said.target
        blank.by = said.by
        blank.kind = said.kind
        blank.replyTo = said.replyTo
        var entry = LogEntry(author: author, proposal: proposal, body: .said(blank))
        entry.unknownFields = unknownFields
        return entry
    }
}
