/// Every thing a peer can make grow in the chat, how far it may, and why there.
///
/// At a limit the member that reached it gets a ``Refusal``; nobody else notices. The defaults
/// suit one process with 10,000 members; numbers marked *arbitrary* have no better reason than
/// being far from both what a person needs and what would hurt.
public struct ChatLimits: Hashable, Sendable {
    // MARK: Names. Fixed, because a name is checked before any chat sees it.

    /// Characters in a nick, and in a room's name after its `#`.
    ///
    /// Long enough for a full name, short enough that a name never fills a terminal's line.
    public static let nameCharacterLimit = 32

    /// UTF-8 bytes in the same: 32 scalars of the widest kind, so that only stacked combining
    /// marks can meet this limit before the one above.
    public static let nameSizeLimit = 128

    /// Combining marks on one letter.
    ///
    /// Living scripts stack at most three; towers of dozens ("zalgo") paint over the lines of
    /// others.
    public static let nameMarkLimit = 4

    // MARK: Members and rooms

    /// Members in all.
    ///
    /// Arbitrary: ten times what one process is measured with.
    public var memberLimit = 100_000

    /// Rooms in all, the default room included.
    ///
    /// With ``historySizeLimit`` it bounds all histories together to 64 MiB.
    public var roomLimit = 1_024

    /// Rooms one member may be in at once.
    ///
    /// Arbitrary; it bounds the work of one rename or quit.
    public var roomsPerMemberLimit = 16

    // MARK: Messages

    /// UTF-8 bytes in one message.
    ///
    /// Four times IRC's 512, so that a pasted paragraph fits.
    public var textSizeLimit = 2_048

    /// UTF-8 bytes in the words a member leaves with; longer ones are cut.
    ///
    /// Arbitrary.
    public var reasonSizeLimit = 256

    /// Lines of a room kept for those who join later: two screens of a terminal.
    public var historyLineLimit = 50

    /// UTF-8 bytes of text in those lines together; beyond it the oldest go first.
    ///
    /// Fifty lines of 1,300 bytes: only a flood of pasted pages meets it.
    public var historySizeLimit = 65_536

    // MARK: Listings

    /// Members named in one who-listing; the rest are counted.
    ///
    /// Arbitrary: a screen of names.
    public var listedMemberLimit = 100

    /// Rooms named in one listing of rooms; the rest are counted.
    ///
    /// Arbitrary, like the above.
    public var listedRoomLimit = 100

    // MARK: Joins and leaves

    /// Members up to which each join and leave is shown as it happens.
    ///
    /// Showing n joins to n members costs n² deliveries; beyond this they are summed up in a
    /// ``RoomDigest``.
    public var individualNoticeLimit = 100

    /// Nanoseconds over which a large room's joins and leaves are summed up: five seconds.
    public var digestIntervalNanoseconds: Int64 = 5_000_000_000

    // MARK: Floods

    /// Commands a member may give at once after a pause: a paste of 50 lines fits twice.
    public var commandBurstLimit = 100

    /// Commands a second a member may keep giving; nobody types this fast.
    ///
    /// At most 1,000,000.
    public var commandsPerSecondLimit = 20

    /// What a rename counts for.
    ///
    /// It is news to every room the member is in, so a member may keep renaming twice a second.
    public var renameCost = 10

    /// Commands refused for coming too fast, without a pause long enough to be forgiven, after
    /// which the member is disconnected.
    ///
    /// Arbitrary: ten bursts.
    public var floodRefusalLimit = 1_000

    // MARK: The text face

    /// Bytes in one line from a person, without its newline.
    ///
    /// A line is one message at most, so this is ``textSizeLimit``.
    public var lineSizeLimit = 2_048

    /// Names a connection may try before it is closed.
    ///
    /// Arbitrary: enough to learn the rules.
    public var nameAttemptLimit = 10

    /// The defaults, each explained at its property.
    public init() {}

    /// Traps on limits that make no sense: they come from the program, not from a peer.
    func check() {
        precondition(memberLimit > 0 && roomLimit > 0 && roomsPerMemberLimit > 0)
        precondition(textSizeLimit > 0 && reasonSizeLimit >= 0 && lineSizeLimit > 0)
        precondition(historyLineLimit >= 0 && historySizeLimit >= 0)
        precondition(listedMemberLimit >= 0 && listedRoomLimit >= 0)
        precondition(individualNoticeLimit >= 0 && digestIntervalNanoseconds > 0)
        precondition(
            (1...1_000_000).contains(commandsPerSecondLimit),
            "commandsPerSecondLimit must be between 1 and 1,000,000"
        )
        precondition(
            (1...1_000_000).contains(commandBurstLimit),
            "commandBurstLimit must be between 1 and 1,000,000"
        )
        precondition(
            (1...commandBurstLimit).contains(renameCost),
            "a rename must cost at least 1 and fit in a burst, or nobody could rename"
        )
        precondition(floodRefusalLimit > 0 && nameAttemptLimit > 0)
    }
}
