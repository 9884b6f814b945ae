import ChatCore

/// A chat server without sockets: sessions, one chat, and what each person has been sent.
///
/// It is what a server does with the core, in forty lines.
struct Desk {
    var chat: Chat
    var sessions: [UInt64: TextSession] = [:]
    var closed: [UInt64] = []
    private var sent: [UInt64: [UInt8]] = [:]
    private let limits: ChatLimits

    init(limits: ChatLimits = ChatLimits()) {
        self.limits = limits
        chat = Chat(limits: limits)
    }

    mutating func greet(_ id: UInt64) -> String {
        let session = TextSession(limits: limits)
        sessions[id] = session
        return text(session.greeting)
    }

    /// Types a line and reads what came since the last reading.
    mutating func type(_ id: UInt64, _ line: String) -> String {
        type(id, bytes: Array(line.utf8))
    }

    mutating func type(_ id: UInt64, bytes: [UInt8]) -> String {
        perform(sessions[id]?.receive(line: bytes.span) ?? [], for: id)
        return read(id)
    }

    mutating func end(_ id: UInt64) -> String {
        perform(sessions[id]?.receiveEnd() ?? [], for: id)
        return read(id)
    }

    mutating func read(_ id: UInt64) -> String {
        text(sent.removeValue(forKey: id) ?? [])
    }

    mutating func perform(_ actions: [TextSession.Action], for id: UInt64) {
        for action in actions {
            switch action {
            case .send(let bytes): sent[id, default: []] += bytes
            case .close: closed.append(id)
            case .command(let command):
                let now = ChatInstant(nanoseconds: 0)
                for effect in chat.handle(command, from: MemberID(id), now: now) {
                    perform(effect)
                }
                chat.checkInvariants()
            }
        }
    }

    private mutating func perform(_ effect: ChatEffect) {
        switch effect {
        case .deliver(let event, let member):
            let id = member.rawValue
            perform(sessions[id]?.receive(event: event) ?? [], for: id)
        case .broadcast(let event, let room, let origin):
            let bytes = TextFace.render(event)  // once, for all
            for member in chat.members(of: room) where member != origin {
                sent[member.rawValue, default: []] += bytes
            }
        case .disconnect(let member, let departure):
            let id = member.rawValue
            perform(sessions[id]?.receive(departure: departure) ?? [], for: id)
        }
    }
}
