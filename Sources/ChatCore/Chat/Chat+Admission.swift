extension Chat {
    mutating func connect(
        _ id: MemberID,
        as nick: Nick,
        joining room: RoomName?
    ) -> [ChatEffect] {
        guard members[id] == nil else { return refuse(.alreadyConnected, id) }
        guard members.count < limits.memberLimit else {
            return refuse(.chatFull(limit: limits.memberLimit), id)
        }
        guard memberByNick[nick] == nil else {
            return refuse(.nickTaken(nick, suggestion: suggestion(for: nick, id)), id)
        }
        members[id] = Member(nick: nick, bucket: CommandBucket(now: clock))
        memberByNick[nick] = id
        statistics.connectCount += 1
        var effects = [ChatEffect.deliver(.welcomed(nick), to: id)]
        if let room { effects += join(room, id) }
        return effects
    }

    mutating func rename(_ id: MemberID, to nick: Nick) -> [ChatEffect] {
        guard let member = members[id] else { return refuse(.notConnected, id) }
        guard member.nick.text != nick.text else { return refuse(.nickUnchanged(nick), id) }
        // One's own name in other letters is free to take.
        if let owner = memberByNick[nick], owner != id {
            return refuse(.nickTaken(nick, suggestion: suggestion(for: nick, id)), id)
        }
        memberByNick[member.nick] = nil
        memberByNick[nick] = id
        members[id]?.nick = nick
        return [.deliver(.nickChanged(from: member.nick, to: nick), to: id)]
            + member.rooms.map { room in
                .broadcast(.renamed(from: member.nick, to: nick, room), room: room, origin: id)
            }
    }

    mutating func quit(_ id: MemberID, _ departure: Departure) -> [ChatEffect] {
        // A connection that ends after its member was taken out says so once more: no news.
        guard let member = members[id] else { return [] }
        let departure = bounded(departure)
        var effects: [ChatEffect] = []
        for room in member.rooms {
            effects += depart(id, member.nick, from: room, departure)
        }
        members[id] = nil
        memberByNick[member.nick] = nil
        statistics.quitCount += 1
        effects.append(.disconnect(id, departure))
        return effects
    }

    /// Parting words as one short line, or none.
    private func bounded(_ departure: Departure) -> Departure {
        guard case .goodbye(let words?) = departure else { return departure }
        guard !words.isEmpty, lineBreakOffset(in: words) == nil else { return .goodbye(nil) }
        guard words.utf8.count > limits.reasonSizeLimit else { return departure }
        var size = 0
        let kept = words.unicodeScalars.prefix { scalar in
            size += UTF8.width(scalar)
            return size <= limits.reasonSizeLimit
        }
        return .goodbye(kept.isEmpty ? nil : String(kept))
    }

    /// A name like the taken one that is free now.
    private func suggestion(for nick: Nick, _ id: MemberID) -> Nick? {
        // The last can only be taken by someone who has chosen it on purpose. A few tries are
        // enough; counting up would be quadratic when thousands ask for "guest".
        for suffix in ["_", "2", "3", "4", String(id.rawValue)] {
            var base = Substring(nick.text)
            while !base.isEmpty {
                if let candidate = try? Nick(base + suffix) {
                    if memberByNick[candidate] == nil { return candidate }
                    break
                }
                base.removeLast()  // too long: make room for the suffix
            }
        }
        return nil
    }
}
