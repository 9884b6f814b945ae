/// What is appended to the log at once: entries of one node, stored together or not at all.
public struct LogRecord: Hashable, Sendable {
    /// The version of the format that this program writes, and the highest that it reads.
    public static let version: UInt64 = 1

    /// The node that made it.
    public var node: String
    /// Which of the node's epochs; ``LogOffset/zero`` in the record that begins one.
    public var epoch: LogOffset
    /// Counts the records of the epoch, from 1.
    public var sequence: UInt64
    /// When it was made; never before the record before it.
    public var time: WallTime
    /// Its entries; the place of each is its index.
    public var entries: [LogEntry]
    var unknownFields = UnknownFields()

    /// A record.
    public init(
        node: String,
        epoch: LogOffset,
        sequence: UInt64,
        time: WallTime,
        entries: [LogEntry]
    ) {
        self.node = node
        self.epoch = epoch
        self.sequence = sequence
        self.time = time
        self.entries = entries
    }
}

/// One entry, in its record.
public struct LogEntry: Hashable, Sendable {
    /// The number of its author in the record's epoch; 0 is the node itself.
    public var author: UInt64
    /// The author's own name for it, by which it is taken once; nil where nobody will send it again.
    public var proposal: ProposalID?
    /// What it says.
    public var body: EntryBody
    var unknownFields = UnknownFields()

    /// An entry.
    public init(author: UInt64, proposal: ProposalID? = nil, body: EntryBody) {
        self.author = author
        self.proposal = proposal
        self.body = body
    }
}

// MARK: Bytes

extension LogRecord {
    private enum Field {
        static let version: UInt64 = 1
        static let node: UInt64 = 2
        static let epoch: UInt64 = 3
        static let sequence: UInt64 = 4
        static let time: UInt64 = 5
        static let entries: UInt64 = 6
    }

    /// The record as bytes (``docs/log-format.md``).
    ///
    /// - Throws: ``LogFormatError`` if it would be over a limit of the format.
    public func encoded() throws(LogFormatError) -> [UInt8] {
        var encoder = FieldEncoder()
        var (version, epoch, sequence) = (Self.version, epoch.rawValue, sequence)
        var (node, time) = (node, UInt64(time.milliseconds))
        encoder.number(Field.version, &version)
        try encoder.text(Field.node, &node, limit: LogLimits.nameSize)
        encoder.number(Field.epoch, &epoch)
        encoder.number(Field.sequence, &sequence)
        encoder.number(Field.time, &time)
        guard entries.count <= LogLimits.entryCount else {
            throw Self.tooLarge(Field.entries, LogLimits.entryCount)
        }
        for entry in entries { encoder.append(Field.entries, try entry.encoded()) }
        encoder.append(unknownFields)
        guard encoder.bytes.count <= LogLimits.recordSize else {
            throw Self.tooLarge(Field.entries, LogLimits.recordSize)
        }
        return encoder.bytes
    }

    /// The record that these bytes are.
    ///
    /// - Throws: ``LogFormatError``; nothing of a record that is wrong in one place is used.
    public init(bytes: [UInt8]) throws(LogFormatError) {
        guard bytes.count <= LogLimits.recordSize else {
            throw Self.tooLarge(Field.entries, LogLimits.recordSize)
        }
        var decoder = try FieldDecoder(bytes, 0..<bytes.count)
        var (version, epoch, sequence, time) = (UInt64(0), LogOffset.zero, UInt64(0), UInt64(0))
        var node = ""
        try decoder.number(Field.version, &version)
        guard version <= Self.version else {
            throw LogFormatError(problem: .version(version), offset: 0)
        }
        guard version > 0 else {
            throw LogFormatError(problem: .missing(field: Field.version), offset: 0)
        }
        try decoder.text(Field.node, &node, limit: LogLimits.nameSize)
        try decoder.offset(Field.epoch, &epoch)
        try decoder.number(Field.sequence, &sequence)
        try decoder.number(Field.time, &time)
        guard time <= UInt64(WallTime.limit) else {
            throw LogFormatError(problem: .value(field: Field.time), offset: 0)
        }
        let ranges = decoder.takeContents(of: Field.entries)
        guard ranges.count <= LogLimits.entryCount else {
            throw Self.tooLarge(Field.entries, LogLimits.entryCount)
        }
        var entries: [LogEntry] = []
        entries.reserveCapacity(ranges.count)
        for range in ranges { entries.append(try LogEntry(bytes, range)) }
        self.init(
            node: node,
            epoch: epoch,
            sequence: sequence,
            time: WallTime(milliseconds: Int64(time)),
            entries: entries
        )
        unknownFields = decoder.unknownFields
    }

    private static func tooLarge(_ field: UInt64, _ limit: Int) -> LogFormatError {
        LogFormatError(problem: .tooLarge(field: field, limit: limit), offset: 0)
    }
}

extension LogEntry {
    private enum Field {
        static let author: UInt64 = 1
        static let proposal: UInt64 = 2
    }

    /// The entry as bytes: how it stands in its record.
    public func encoded() throws(LogFormatError) -> [UInt8] {
        var encoder = FieldEncoder()
        var author = author
        encoder.number(Field.author, &author)
        if let proposal { encoder.append(Field.proposal, proposal.bytes) }
        let (number, fields) = try body.encoded()
        encoder.append(number, fields)
        encoder.append(unknownFields)
        return encoder.bytes
    }

    /// The entry that these bytes are.
    public init(bytes: [UInt8]) throws(LogFormatError) {
        try self.init(bytes, 0..<bytes.count)
    }

    init(_ source: [UInt8], _ range: Range<Int>) throws(LogFormatError) {
        var decoder = try FieldDecoder(source, range)
        var author: UInt64 = 0
        try decoder.number(Field.author, &author)
        var proposal: [UInt8]?
        try decoder.bytes(Field.proposal, &proposal, limit: ProposalID.size)
        let bodies = decoder.takeAll(from: EntryBody.firstNumber)
        guard bodies.count == 1, let found = bodies.first else {
            throw LogFormatError(problem: .body, offset: range.lowerBound)
        }
        self.init(
            author: author,
            body: try EntryBody(number: found.number, source, found.content)
        )
        if let proposal {
            guard let id = ProposalID(bytes: proposal) else {
                throw LogFormatError(
                    problem: .value(field: Field.proposal),
                    offset: range.lowerBound
                )
            }
            self.proposal = id
        }
        unknownFields = decoder.unknownFields
    }
}
