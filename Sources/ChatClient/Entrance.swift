/// The way from the server's greeting into a room, for those who said name or room beforehand.
///
/// The name is sent at once; the room only once the server has taken the name, or it would be taken
/// for a name itself.
struct Entrance: Sendable {
    /// How far it has come.
    enum State: Hashable, Sendable {
        case waiting
        case admitted
        /// The server does not take the name, and says why in the line that was just seen.
        case refused
    }

    private let nick: String?
    private let room: String?
    private(set) var state = State.waiting

    init(nick: String?, room: String?) {
        self.nick = nick
        self.room = room
    }

    /// What to send before anything came.
    var opening: String { nick.map { "\($0)\n" } ?? "" }

    /// Looks at a line that came; gives what is to be sent on it.
    mutating func see(_ line: String) -> String {
        guard state != .admitted, line.hasPrefix("* ") else { return "" }
        if line.hasPrefix("* welcome, ") {
            state = .admitted
            return room.map { "/join \($0)\n" } ?? ""
        }
        // Only the chat's own lines begin so; the greeting asks too, and is no refusal.
        if nick != nil, !line.hasPrefix("* welcome to"), line.hasSuffix("What is your name?") {
            state = .refused
        }
        return ""
    }
}
