extension Chat {
    mutating func join(_ asked: RoomName, _ id: MemberID) -> [ChatEffect] {
        guard let member = members[id] else { return refuse(.notConnected, id) }
        guard !member.rooms.contains(asked) else { return refuse(.alreadyInRoom(asked), id) }
        guard member.rooms.count < limits.roomsPerMemberLimit else {
            return refuse(.inTooManyRooms(limit: limits.roomsPerMemberLimit), id)
        }
        guard rooms[asked] != nil || rooms.count < limits.roomLimit else {
            return refuse(.tooManyRooms(limit: limits.roomLimit), id)
        }
        let room = open(asked)
        let history = history(of: room)
        rooms[room]?.members.insert(id)
        members[id]?.rooms.append(room)
        statistics.joinCount += 1
        let count = memberCount(of: room)
        let entry = RoomEntry(nick: member.nick, room: room, memberCount: count)
        var effects = [ChatEffect.deliver(.entered(entry), to: id)]
        if !history.isEmpty { effects.append(.deliver(.history(room, history), to: id)) }
        if count <= limits.individualNoticeLimit {
            let event = ChatEvent.joined(member.nick, room, memberCount: count)
            effects.append(.broadcast(event, room: room, origin: id))
        } else {
            note(in: room) { $0.joinedCount += 1 }
        }
        return effects
    }

    mutating func leave(_ asked: RoomName, _ id: MemberID) -> [ChatEffect] {
        guard let member = members[id] else { return refuse(.notConnected, id) }
        guard let position = member.rooms.firstIndex(of: asked) else {
            return refuse(.notInRoom(asked), id)
        }
        let room = member.rooms[position]
        members[id]?.rooms.remove(at: position)
        return [.deliver(.exited(room), to: id)]
            + depart(id, member.nick, from: room, .leftRoom)
    }

    /// Takes a member out of a room's side of things, and tells those who stay.
    mutating func depart(
        _ id: MemberID,
        _ nick: Nick,
        from room: RoomName,
        _ departure: Departure
    ) -> [ChatEffect] {
        rooms[room]?.members.remove(id)
        statistics.leaveCount += 1
        let count = memberCount(of: room)
        guard count > 0 else {
            closeIfUnused(room)
            return []
        }
        guard count > limits.individualNoticeLimit else {
            let event = ChatEvent.left(nick, room, memberCount: count, departure)
            return [.broadcast(event, room: room, origin: nil)]
        }
        note(in: room) { $0.leftCount += 1 }
        return []
    }

    func memberCount(of room: RoomName) -> Int { rooms[room]?.members.count ?? 0 }

    /// The room of this name, made if need be, as it was first spelt.
    private mutating func open(_ asked: RoomName) -> RoomName {
        if let name = rooms[asked]?.name { return name }
        rooms[asked] = Room(name: asked)
        roomOrder.insert(asked)
        return asked
    }

    private mutating func closeIfUnused(_ room: RoomName) {
        rooms[room]?.pending = nil  // nobody is left to be told
        guard room != defaultRoom else { return }
        rooms[room] = nil
        roomOrder.remove(room)
    }
}
