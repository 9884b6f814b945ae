/// One member, in use by ``Chat`` alone.
struct Member: Sendable {
    /// What it is called.
    var nick: Nick
    /// Where it is, in order of joining.
    ///
    /// An array: at most ``ChatLimits/roomsPerMemberLimit`` entries, so a search is a short walk.
    var rooms: [RoomName] = []
    /// What it may still ask for.
    var bucket: CommandBucket
}
