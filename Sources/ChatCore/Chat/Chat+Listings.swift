extension Chat {
    mutating func who(_ asked: RoomName, _ id: MemberID) -> [ChatEffect] {
        guard let room = rooms[asked] else { return refuse(.noSuchRoom(asked), id) }
        let nicks = room.members.elements.prefix(limits.listedMemberLimit)
            .compactMap { members[$0]?.nick }
        let listing = MemberListing(
            room: room.name,
            nicks: nicks,
            memberCount: room.members.count
        )
        return [.deliver(.memberList(listing), to: id)]
    }

    mutating func listRooms(_ id: MemberID) -> [ChatEffect] {
        let entries = roomOrder.elements.prefix(limits.listedRoomLimit).map {
            RoomListing.Entry(room: $0, memberCount: memberCount(of: $0))
        }
        let listing = RoomListing(rooms: entries, roomCount: rooms.count)
        return [.deliver(.roomList(listing), to: id)]
    }
}
