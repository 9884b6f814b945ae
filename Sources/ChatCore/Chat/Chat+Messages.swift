extension Chat {
    mutating func say(
        _ text: String,
        _ kind: Message.Kind,
        in asked: RoomName,
        from id: MemberID
    ) -> [ChatEffect] {
        guard let member = members[id] else { return refuse(.notConnected, id) }
        guard let position = member.rooms.firstIndex(of: asked) else {
            return refuse(.notInRoom(asked), id)
        }
        if let refusal = problem(with: text) { return refuse(refusal, id) }
        let room = member.rooms[position]
        messageNumber += 1
        statistics.messageCount += 1
        let message = Message(
            number: messageNumber,
            room: room,
            sender: member.nick,
            kind: kind,
            text: text,
            time: clock
        )
        rooms[room]?.history.append(message, limits: limits)
        return [.broadcast(.said(message), room: room, origin: id)]
    }

    mutating func tell(_ nick: Nick, _ text: String, from id: MemberID) -> [ChatEffect] {
        guard let member = members[id] else { return refuse(.notConnected, id) }
        guard let target = memberByNick[nick], let recipient = members[target]?.nick else {
            return refuse(.noSuchMember(nick), id)
        }
        if let refusal = problem(with: text) { return refuse(refusal, id) }
        messageNumber += 1
        statistics.directCount += 1
        let message = DirectMessage(
            number: messageNumber,
            sender: member.nick,
            recipient: recipient,
            text: text,
            time: clock
        )
        return [.deliver(.direct(message), to: target), .deliver(.directSent(message), to: id)]
    }

    /// Why a text cannot be said; nil if it can.
    private func problem(with text: String) -> Refusal? {
        let size = text.utf8.count
        guard size > 0 else { return .emptyText }
        guard size <= limits.textSizeLimit else {
            return .textTooLong(size: size, limit: limits.textSizeLimit)
        }
        return lineBreakOffset(in: text).map { .textNotOneLine(offset: $0) }
    }

    /// Where a text would end early on a face made of lines: a face that has none, such as a
    /// web socket, must not be able to put words into another member's mouth.
    func lineBreakOffset(in text: String) -> Int? {
        for (offset, byte) in text.utf8.enumerated()
        where byte == 0x0A || byte == 0x0D || byte == 0 {
            return offset
        }
        return nil
    }
}
