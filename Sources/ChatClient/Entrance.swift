/// The way from the server's greeting into a room, for those who said name or room beforehand.
///
/// The room is asked for only once the server has taken a name, or it would be taken for one.
struct Entrance: Sendable {
    /// How far it has come.
    enum State: Hashable, Sendable {
        /// Nothing has come yet, or a name is with the server.
        case waiting
        /// The server asks for a name, and there is none to give.
        case asked
        /// In.
        case admitted
        /// The server does not take the name that was said beforehand; the line that was just seen
        /// says why.
        case refused
    }

    private let nick: String?
    private let room: String?
    private var hasGivenNick = false
    private(set) var state = State.waiting

    init(nick: String?, room: String?) {
        self.nick = nick
        self.room = room
    }

    /// Whether anything was said beforehand.
    var isPrepared: Bool { nick != nil || room != nil }

    /// Looks at a line that came; gives what is to be sent on it.
    mutating func see(_ line: String) -> String {
        // Only the chat's own lines begin so.
        guard state != .admitted, line.hasPrefix("* ") else { return "" }
        if line.hasPrefix("* welcome, ") {
            state = .admitted
            return room.map { "/join \($0)\n" } ?? ""
        }
        guard line.hasSuffix("What is your name?") else { return "" }
        guard let nick else {
            state = .asked
            return ""
        }
        guard !hasGivenNick else {
            state = .refused
            return ""
        }
        hasGivenNick = true
        return "\(nick)\n"
    }

    /// Somebody gives a name.
    mutating func answer() { state = .waiting }
}
