import DequeModule

extension Chat {
    /// Traps, with a sentence, unless everything the chat knows agrees with itself.
    ///
    /// For tests, after each step: it walks all members and rooms.
    public func checkInvariants() {
        checkMembers()
        checkRooms()
        checkDigests()
    }

    private func checkMembers() {
        precondition(members.count <= limits.memberLimit, "members are bounded")
        precondition(memberByNick.count == members.count, "every member has one name")
        for (id, member) in members {
            precondition(memberByNick[member.nick] == id, "a name leads to its member")
            precondition(member.rooms.count <= limits.roomsPerMemberLimit, "rooms are bounded")
            precondition(
                Set(member.rooms).count == member.rooms.count,
                "a room is entered once"
            )
            for room in member.rooms {
                precondition(
                    rooms[room]?.members.contains(id) == true,
                    "a room knows its members"
                )
            }
        }
        precondition(
            statistics.connectCount - statistics.quitCount == UInt64(members.count),
            "who came and did not go is here"
        )
    }

    private func checkRooms() {
        precondition(rooms.count <= limits.roomLimit, "rooms are bounded")
        precondition(roomOrder.count == rooms.count, "every room is listed once")
        roomOrder.checkInvariants()
        var entries = 0
        for (name, room) in rooms {
            precondition(name == room.name, "a room is kept under its name")
            precondition(roomOrder.contains(name), "every room is listed")
            precondition(name == defaultRoom || !room.members.isEmpty, "empty rooms end")
            room.members.checkInvariants()
            room.history.checkInvariants(limits: limits)
            entries += room.members.count
            for id in room.members.elements {
                precondition(
                    members[id]?.rooms.contains(name) == true,
                    "a member knows its rooms"
                )
            }
        }
        precondition(
            rooms[defaultRoom] != nil && roomOrder.elements.first == defaultRoom,
            "the default room is always there, and first"
        )
        precondition(
            statistics.joinCount - statistics.leaveCount == UInt64(entries),
            "who joined and did not leave is in a room"
        )
    }

    private func checkDigests() {
        for (earlier, later) in zip(digestQueue, digestQueue.dropFirst()) {
            precondition(earlier.due <= later.due, "digests queue up in order of time")
        }
        for (name, room) in rooms {
            guard let pending = room.pending else { continue }
            precondition(
                digestQueue.contains { $0.room == name && $0.due == pending.due },
                "what is pending is due some time"
            )
            precondition(
                pending.joinedCount + pending.leftCount > 0,
                "a digest has something to tell"
            )
            precondition(!room.members.isEmpty, "a digest has someone to tell")
        }
    }
}
