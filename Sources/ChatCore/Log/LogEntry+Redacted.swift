extension LogEntry {
    /// The entry without its words: who spoke where and when stays, what was said does not.
    ///
    /// Fields of newer versions go too, since they may say it again.
    public var redacted: LogEntry {
        switch body {
        case .said(let said):
            var blank = MessageSaid()
            blank.target = said.target
            blank.by = said.by
            blank.kind = said.kind
            blank.replyTo = said.replyTo
            return LogEntry(author: author, proposal: proposal, body: .said(blank))
        case .reaction(let reaction):
            var blank = ReactionMade()
            blank.message = reaction.message
            blank.target = reaction.target
            blank.by = reaction.by
            return LogEntry(author: author, proposal: proposal, body: .reaction(blank))
        default: return self
        }
    }
}
