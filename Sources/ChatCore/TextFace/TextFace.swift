/// The way into the chat for a person with `nc` or a terminal: lines of text, nothing else.
///
/// The pieces, all pure: ``Command`` is what one line asks for, ``render(_:)`` is how an event
/// looks, ``TextSession`` is one connection from its greeting to its goodbye.
///
/// What a line starts with says whose words follow, and no peer can forge it:
///
///     * bob joined #lobby (3 here)        the chat speaks
///     [#lobby] ada: hello                 ada speaks in a room
///     [#lobby] * ada waves                ada acts in a room
///     -ada- hello                         ada speaks to you alone
///     ~ [#lobby] ada: hello               ada spoke before you came
///
/// A person has typed their own line and sees it: the text face shows no echo of it, so the
/// caller skips the `origin` of a broadcast.
public enum TextFace {
    /// The longest line ``render(_:)`` makes, in bytes with its newline, under default limits:
    /// a text of 2,048 bytes all escaped, or a listing of 100 names.
    public static let renderedLineSizeLimit = 16_384

    /// Checks a room's name as a person types it: the `#` may be left out.
    static func room(_ typed: String) throws(NameProblem) -> RoomName {
        guard typed.utf8.first != UInt8(ascii: "#") else { return try RoomName(typed) }
        guard !typed.isEmpty else { throw .empty }
        return try RoomName("#" + typed)
    }
}
