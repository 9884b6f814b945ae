extension TextFace {
    /// The answer to `/help`.
    static let help: [UInt8] = [
        "a line you type goes to everyone in your room; // starts a line with a slash",
        "/nick NAME      be called something else",
        "/who [ROOM]     who is here, or in that room",
        "/rooms          which rooms there are",
        "/join ROOM      enter a room, or talk in one you are in",
        "/leave [ROOM]   leave this room, or that one",
        "/msg NAME TEXT  say something to one person",
        "/me TEXT        say what you do",
        "/quit [WORDS]   leave; bye alone does the same",
    ].flatMap(notice)

    /// The longest unknown command that is repeated to whoever typed it, in bytes.
    ///
    /// Arbitrary: long enough to see the slip of a finger.
    private static let shownCommandSizeLimit = 32

    /// The answer to a command that is none.
    static func unknown(_ word: String) -> [UInt8] {
        let shown = word.utf8.count <= shownCommandSizeLimit ? " /\(neutralised(word))" : " that"
        return notice("there is no command\(shown); see /help, or type // to say it")
    }

    /// Text without the blanks around it.
    static func trimmed(_ text: String) -> String { Command.trim(text.utf8[...]) }
}
