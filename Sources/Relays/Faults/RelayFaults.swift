/// What goes wrong on the way of a relayed connection.
///
/// Nothing unless it is asked for. What is random comes from a seed.
///
/// ```swift
/// let mobile = RelayFaults(delay: .milliseconds(80), jitter: .milliseconds(30), chunkSize: 100)
/// ```
public struct RelayFaults: Sendable, Hashable {
    /// How long everything takes longer, in each direction.
    public var delay: Duration

    /// How much the delay varies: by up to so much, both ways.
    ///
    /// Bytes of a stream keep their order all the same; datagrams may overtake each other.
    public var jitter: Duration

    /// Bytes a second in each direction of each connection; nil for as many as there are.
    public var bytesPerSecond: Int?

    /// The size of the pieces in which a stream's bytes are sent; nil for as they come.
    public var chunkSize: Int?

    /// How old a connection gets before it is dropped; nil for as old as its ends let it.
    public var dropInterval: Duration?

    /// Whether connections are dropped with a reset (RST) and not with an end (FIN).
    public var dropsWithReset: Bool

    /// How old a connection gets before everything in both directions, ends too, vanishes without a
    /// word; nil for never.
    public var blackHoleAfter: Duration?

    /// Whether one side's end is kept from the other, which goes on as if nothing had happened: a
    /// half-open connection (RFC 9293 §3.5.1).
    ///
    /// Dropping then closes only the target's side.
    public var isHalfOpen: Bool

    /// The share of datagrams that are lost, from 0 to 1.
    public var loss: Double

    /// The share of datagrams that arrive twice.
    public var duplication: Double

    /// The share of datagrams that are overtaken by the next.
    public var reordering: Double

    /// Bytes that one direction keeps at most, waiting for their time; then its sender waits.
    ///
    /// A delayed direction moves no more than this in each delay. Each piece counts
    /// ``pieceOverhead`` more than it has, and the last one may go beyond.
    public var heldSizeLimit: Int

    /// The usual ``heldSizeLimit``.
    ///
    /// Arbitrary: a gigabit a second for 30 ms.
    public static let usualHeldSizeLimit = 4 << 20

    /// What a piece that waits counts besides its bytes: about what it takes in memory.
    public static let pieceOverhead = 128

    /// The longest time that any of them can be: a year of 365 days, as everywhere in the command line.
    static let durationLimit = Duration.seconds(365 * 86_400)

    /// Faults; none unless one is given.
    public init(
        delay: Duration = .zero,
        jitter: Duration = .zero,
        bytesPerSecond: Int? = nil,
        chunkSize: Int? = nil,
        dropInterval: Duration? = nil,
        dropsWithReset: Bool = false,
        blackHoleAfter: Duration? = nil,
        isHalfOpen: Bool = false,
        loss: Double = 0,
        duplication: Double = 0,
        reordering: Double = 0,
        heldSizeLimit: Int = usualHeldSizeLimit
    ) {
        self.delay = delay
        self.jitter = jitter
        self.bytesPerSecond = bytesPerSecond
        self.chunkSize = chunkSize
        self.dropInterval = dropInterval
        self.dropsWithReset = dropsWithReset
        self.blackHoleAfter = blackHoleAfter
        self.isHalfOpen = isHalfOpen
        self.loss = loss
        self.duplication = duplication
        self.reordering = reordering
        self.heldSizeLimit = heldSizeLimit
    }

    /// Whether nothing goes wrong.
    ///
    /// How much is kept at most is no fault, and neither is how a drop would be made.
    public var isEmpty: Bool {
        delay == .zero && jitter == .zero && bytesPerSecond == nil && chunkSize == nil
            && dropInterval == nil && blackHoleAfter == nil && !isHalfOpen
            && loss == 0 && duplication == 0 && reordering == 0
    }

    /// Traps on what cannot be: a mistake of whoever wrote it.
    func check() {
        for duration in [delay, jitter, dropInterval ?? .zero, blackHoleAfter ?? .zero] {
            precondition(
                duration >= .zero && duration <= Self.durationLimit,
                "a fault of \(duration)"
            )
        }
        if let bytesPerSecond {
            precondition(
                1...TokenBucket.rateLimit ~= bytesPerSecond,
                "a rate of \(bytesPerSecond) bytes a second"
            )
        }
        precondition(chunkSize ?? 1 > 0, "chunks have at least one byte")
        for share in [loss, duplication, reordering] {
            precondition(0...1 ~= share, "a share from 0 to 1, not \(share)")
        }
        precondition(heldSizeLimit > 0, "a relay that may keep nothing")
    }
}
