internal import ChatCore

extension LogEntry {
    /// What a search looks at: what was said, until it is redacted.
    var searchedText: String? {
        guard case .said(let said) = body, !said.text.isEmpty else { return nil }
        return said.text
    }
}
