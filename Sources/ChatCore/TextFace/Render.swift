extension TextFace {
    /// How an event looks: whole lines of UTF-8, or nothing for what a person need not be told.
    ///
    /// It depends on the event alone, so a broadcast is rendered once and the bytes are sent to
    /// everyone. Whatever peers wrote is ``neutralised(_:)``. A line is at most
    /// ``renderedLineSizeLimit`` bytes.
    public static func render(_ event: ChatEvent) -> [UInt8] {
        switch event {
        case .history(_, let messages):
            var bytes: [UInt8] = []
            for message in messages {
                bytes.append(contentsOf: "~ \(said(message))\n".utf8)
            }
            return bytes
        case .said(let message): return line(said(message))
        case .direct(let message):
            return line("-\(message.sender)- \(neutralised(message.text))")
        case .directSent: return []
        default: return notice(words(event))
        }
    }

    /// A line of the chat's own words.
    static func notice(_ words: String) -> [UInt8] { line("* \(words)") }

    private static func line(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 1)
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func said(_ message: Message) -> String {
        let text = neutralised(message.text)
        return switch message.kind {
        case .words: "[\(message.room)] \(message.sender): \(text)"
        case .action: "[\(message.room)] * \(message.sender) \(text)"
        }
    }

    private static func words(_ event: ChatEvent) -> String {
        switch event {
        case .welcomed(let nick):
            "welcome, \(nick): /help lists the commands, bye leaves"
        case .entered(let entry):
            "you are \(entry.nick) in \(entry.room) (\(here(entry.memberCount)))"
        case .exited(let room): "you left \(room)"
        case .nickChanged(_, let nick): "you are \(nick) now"
        case .memberList(let listing): words(listing)
        case .roomList(let listing): words(listing)
        case .refused(let refusal): words(refusal)
        case .joined(let nick, let room, let count): "\(nick) joined \(room) (\(here(count)))"
        case .left(let nick, let room, let count, let departure):
            "\(nick) left \(room)\(why(departure)) (\(here(count)))"
        case .renamed(let old, let new, let room): "\(old) is \(new) now (\(room))"
        case .digest(let digest): words(digest)
        case .history, .said, .direct, .directSent:
            preconditionFailure("what members say is not the chat's own words")
        }
    }

    private static func here(_ count: Int) -> String { "\(grouped(count)) here" }

    private static func why(_ departure: Departure) -> String {
        switch departure {
        case .leftRoom, .goodbye(nil): ""
        case .goodbye(let words?): ": \"\(neutralised(words))\""
        case .connectionLost: ": connection lost"
        case .readTooSlowly: ": read too slowly"
        case .idle: ": silent too long"
        case .flooded: ": sent too much"
        case .malformedInput: ": sent what is not text"
        case .serverStopping: ": the chat stops"
        }
    }

    private static func words(_ digest: RoomDigest) -> String {
        let changes = [(digest.joinedCount, "+", " joined"), (digest.leftCount, "", " left")]
            .filter { $0.0 > 0 }
            .map { "\($0.1)\(grouped($0.0))\($0.2)" }
            .joined(separator: ", ")
        return "\(digest.room): \(changes), now \(here(digest.memberCount))"
    }

    private static func words(_ listing: MemberListing) -> String {
        let names = listing.nicks.map(\.text).joined(separator: ", ")
        let more = listing.memberCount - listing.nicks.count
        let tail = more > 0 ? " and \(grouped(more)) more" : ""
        return "\(grouped(listing.memberCount)) in \(listing.room): \(names)\(tail)"
    }

    private static func words(_ listing: RoomListing) -> String {
        let rooms = listing.rooms.map { "\($0.room) (\(grouped($0.memberCount)))" }
            .joined(separator: ", ")
        let more = listing.roomCount - listing.rooms.count
        let tail = more > 0 ? " and \(grouped(more)) more" : ""
        return "\(grouped(listing.roomCount)) \(listing.roomCount == 1 ? "room" : "rooms"): "
            + "\(rooms)\(tail)"
    }
}
