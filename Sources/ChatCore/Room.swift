/// One room, in use by ``Chat`` alone.
struct Room: Sendable {
    /// As whoever made it spelt it.
    let name: RoomName
    /// Who is in it.
    var members = DenseSet<MemberID>()
    /// What newcomers are shown.
    var history = History()
    /// What came and went since a digest was last due; nil when nothing did.
    var pending: PendingDigest?
}

/// Joins and leaves not shown yet.
struct PendingDigest: Sendable {
    /// When they will be.
    let due: ChatInstant
    /// How many joined.
    var joinedCount = 0
    /// How many left.
    var leftCount = 0
}
