/// One person's connection to the chat, from greeting to goodbye, without the connection.
///
/// Bytes of lines, events and departures go in; actions come out. The phases:
///
///     naming ──a name──▶ entering ──welcomed──▶ chatting ──quit──▶ leaving ──▶ closed
///        ▲                   │
///        └─────refused───────┘
///
/// Rules for the caller:
/// 1. Send what ``greeting`` gives first.
/// 2. Carry out actions in order. A ``Action/command(_:)`` goes to ``Chat/handle(_:from:now:)``,
///    and what that delivers to this member comes back through ``receive(event:)`` before the
///    next line does.
/// 3. Events broadcast to a room are not for the session: render them once with
///    ``TextFace/render(_:)`` and send the bytes to all, but for the `origin`.
/// 4. ``ChatEffect/disconnect(_:_:)`` comes in through ``receive(departure:)``.
/// 5. After ``Action/close`` the session answers nothing more; close the connection when what
///    was to be sent is sent.
public struct TextSession: Sendable {
    /// What the caller is to do.
    public enum Action: Hashable, Sendable {
        /// Send these bytes: whole lines.
        case send([UInt8])
        /// Ask the chat for this.
        case command(ChatCommand)
        /// Close the connection.
        case close
    }

    enum Phase: Hashable, Sendable {
        /// Waits for a name.
        case naming
        /// Has asked the chat for a name.
        case entering
        /// Is a member.
        case chatting(Nick)
        /// Has asked the chat to let it go.
        case leaving(Nick)
        /// Has asked the caller to close, or was told that it did.
        case closed
    }

    let limits: ChatLimits
    let lobby: RoomName
    var phase = Phase.naming
    /// Names it may still try.
    var attemptCount: Int
    /// Where it is; what it says goes to the last.
    var rooms: [RoomName] = []

    /// A new connection.
    ///
    /// - Parameters:
    ///   - limits: those of the chat.
    ///   - lobby: the room it lands in.
    public init(limits: ChatLimits = ChatLimits(), lobby: RoomName = .lobby) {
        self.limits = limits
        self.lobby = lobby
        attemptCount = limits.nameAttemptLimit
    }

    /// The room that plain lines go to; nil while it is in none.
    public var currentRoom: RoomName? { rooms.last }

    /// What to send first: one line that asks for a name.
    public var greeting: [UInt8] {
        TextFace.notice("welcome to the chat. What is your name?")
    }

    // MARK: From the connection

    /// A line came.
    ///
    /// - Parameter line: its bytes without the newline, in whatever state they are.
    /// - Returns: what to do, in order.
    public mutating func receive(line: Span<UInt8>) -> [Action] {
        let command: TextFace.Command
        do {
            command = try TextFace.Command.parse(line, limit: limits.lineSizeLimit)
        } catch {
            return receive(problem: error)
        }
        switch phase {
        case .naming: return name(command)
        // Only a caller that breaks rule 2 gets here in `entering`. The chat then refuses what
        // needs a member.
        case .entering, .chatting: return perform(command)
        case .leaving, .closed: return []
        }
    }

    /// The connection's reader found bytes that are no line, such as one without an end: the
    /// peer is told, and disconnected.
    public mutating func receive(problem: TextFace.InputProblem) -> [Action] {
        let told = Action.send(TextFace.notice("\(problem); goodbye"))
        switch phase {
        case .naming: return close([told])
        case .entering, .chatting: return close([told, .command(.quit(.malformedInput))])
        case .leaving, .closed: return []
        }
    }

    /// The peer will send no more: it has hung up, or typed ^D.
    public mutating func receiveEnd() -> [Action] {
        switch phase {
        case .naming: close([])
        case .entering: close([.command(.quit(.goodbye(nil)))])
        case .chatting: perform(.quit(nil))
        case .leaving, .closed: []
        }
    }

    // MARK: From the chat

    /// The chat delivered an event to this member.
    public mutating func receive(event: ChatEvent) -> [Action] {
        switch (phase, event) {
        case (.closed, _), (.naming, _): return []
        case (.entering, .refused(let refusal)): return retry(refusal)
        case (.entering, .welcomed(let nick)): phase = .chatting(nick)
        case (.chatting, .nickChanged(_, let nick)): phase = .chatting(nick)
        case (_, .entered(let entry)): rooms.append(entry.room)
        case (_, .exited(let room)):
            rooms.removeAll { $0 == room }
            return [.send(TextFace.notice("you left \(room); \(whereabouts)"))]
        default: break
        }
        let bytes = TextFace.render(event)
        return bytes.isEmpty ? [] : [.send(bytes)]
    }

    /// The chat let this member go.
    public mutating func receive(departure: Departure) -> [Action] {
        guard phase != .closed else { return [] }
        return close([.send(TextFace.notice(farewell(departure)))])
    }
}
