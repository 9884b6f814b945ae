/// What a line leads to, in each phase.
extension TextSession {
    mutating func name(_ command: TextFace.Command) -> [Action] {
        switch command {
        case .nothing: return []
        case .quit: return close([.send(TextFace.notice("bye"))])
        case .say(let typed):
            do {
                let nick = try Nick(TextFace.trimmed(typed))
                phase = .entering
                return [.command(.connect(nick, joining: lobby))]
            } catch {
                return retry(.invalidName(error))
            }
        default: return retry(.notConnected)
        }
    }

    /// Asks for another name, while there are attempts left.
    mutating func retry(_ refusal: Refusal) -> [Action] {
        attemptCount -= 1
        let why = TextFace.words(refusal)
        if case .chatFull = refusal { return close([.send(TextFace.notice(why))]) }
        guard attemptCount > 0 else {
            return close([.send(TextFace.notice("\(why); too many attempts, goodbye"))])
        }
        phase = .naming
        return [.send(TextFace.notice("\(why). What is your name?"))]
    }

    mutating func perform(_ command: TextFace.Command) -> [Action] {
        do {
            switch command {
            case .nothing: return []
            case .say(let text): return say(text, .words)
            case .act(let text): return say(text, .action)
            case .nick(let name): return [.command(.rename(try Nick(name)))]
            case .who(let typed):
                guard let room = try room(typed) else { return noRoom }
                return [.command(.who(room))]
            case .rooms: return [.command(.rooms)]
            case .join(let typed): return join(try TextFace.room(typed))
            case .leave(let typed):
                guard let room = try room(typed) else { return noRoom }
                return [.command(.leave(room))]
            case .message(let name, let text): return [.command(.tell(try Nick(name), text))]
            case .help: return [.send(TextFace.help)]
            case .quit(let words): return quit(words)
            case .incomplete(let usage):
                return [.send(TextFace.notice("it is written \(usage); see /help"))]
            case .unknown(let word): return [.send(TextFace.unknown(word))]
            }
        } catch {
            return [.send(TextFace.render(.refused(.invalidName(error))))]
        }
    }

    private func say(_ text: String, _ kind: Message.Kind) -> [Action] {
        guard let room = rooms.last else { return noRoom }
        return [.command(.say(text, kind: kind, in: room))]
    }

    /// A room it is in already becomes the one it speaks in; that concerns nobody else.
    private mutating func join(_ room: RoomName) -> [Action] {
        guard let position = rooms.firstIndex(of: room) else { return [.command(.join(room))] }
        rooms.append(rooms.remove(at: position))
        return [.send(TextFace.notice(whereabouts))]
    }

    private mutating func quit(_ words: String?) -> [Action] {
        if case .chatting(let nick) = phase { phase = .leaving(nick) }
        return [.command(.quit(.goodbye(words)))]
    }

    mutating func close(_ actions: [Action]) -> [Action] {
        phase = .closed
        return actions + [.close]
    }

    private func room(_ typed: String?) throws(NameProblem) -> RoomName? {
        guard let typed else { return rooms.last }
        return try TextFace.room(typed)
    }

    private var noRoom: [Action] { [.send(TextFace.notice(whereabouts))] }

    var whereabouts: String {
        guard let room = rooms.last else { return "you are in no room; /join ROOM enters one" }
        return "what you say goes to \(room)"
    }

    func farewell(_ departure: Departure) -> String {
        switch departure {
        case .leftRoom, .goodbye, .connectionLost:
            if case .leaving(let nick) = phase { "bye, \(nick)" } else { "bye" }
        case .readTooSlowly: "you read too slowly; goodbye"
        case .idle: "you were silent too long; goodbye"
        case .flooded: "you sent too much too fast; goodbye"
        case .malformedInput: "what you sent is not text; goodbye"
        case .serverStopping: "the chat stops; goodbye"
        }
    }
}
