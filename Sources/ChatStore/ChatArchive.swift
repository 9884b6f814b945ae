public import ChatCore

/// Where the entries of one log are kept and read back.
///
/// One caller stores, from one thread; any number read, at the same time. Every call blocks until
/// it is done, so none is made on a loop.
///
/// The promises, which `checkChatArchive` tries on every engine:
/// 1. **Stored means there.** When ``store(_:)`` returns, the record is there after the process is
///    killed, and after the power has failed. When it throws, nothing of it is there for readers.
/// 2. **One order.** Record numbers follow each other without a gap; readers see no record before
///    those with lower numbers.
/// 3. **All of it at once.** Entries, rows and what they change are there together or not at all.
/// 4. **What is not known is kept.** Entries come back with the bytes they were stored with, until
///    they are redacted, or their time is over.
public protocol ChatArchive: AnyObject, Sendable {
    /// Which log.
    var id: LogID { get }

    /// The last record that was stored; nil in an empty archive.
    func last() throws(ChatStoreError) -> RecordMark?

    /// Stores a record with all that it changes.
    ///
    /// - Throws: ``ChatStoreError``; nothing was stored then.
    func store(_ change: ArchiveChange) throws(ChatStoreError)

    /// Every row of the state, in order of their kinds and keys.
    func rows() throws(ChatStoreError) -> [StateRow]

    /// Records with numbers from `number` on, oldest first, at most `limit` of them.
    ///
    /// A record whose entries are all gone is left out; entries that are gone are left out of theirs,
    /// so that each has its ``ArchivedEntry/offset``.
    func records(from number: UInt64, limit: Int) throws(ChatStoreError) -> [ArchivedRecord]

    /// The entry at an offset; nil if there is none, or it is gone.
    func entry(at offset: LogOffset) throws(ChatStoreError) -> ArchivedEntry?

    /// Some entries of a place, in their order.
    func page(_ query: PageQuery) throws(ChatStoreError) -> [ArchivedEntry]

    /// The newest messages with all of some words, newest first.
    func search(_ query: SearchQuery) throws(ChatStoreError) -> [ArchivedEntry]

    /// Lets go of what is over its time or its size.
    ///
    /// - Returns: how many entries have gone; called again while that is `limit`.
    func retain(_ retention: Retention, limit: Int) throws(ChatStoreError) -> Int
}

/// A record's number and time.
public struct RecordMark: Hashable, Sendable {
    /// The number.
    public let number: UInt64
    /// When it was made.
    public let time: WallTime

    /// A mark.
    public init(number: UInt64, time: WallTime) {
        self.number = number
        self.time = time
    }
}
