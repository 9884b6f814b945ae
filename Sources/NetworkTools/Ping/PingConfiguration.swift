/// How to ping.
public struct PingConfiguration: Sendable {
    /// Requests to each target; nil for no end.
    public var count: Int?

    /// Time between two requests to one target, at least ``intervalFloor``.
    public var interval: Duration

    /// Bytes of data in each request, 0 to ``sizeLimit``.
    ///
    /// From 8 on replies prove themselves: they carry a secret.
    public var size: Int

    /// How long a reply is waited for.
    public var timeout: Duration

    /// Two requests to one target are at least this far apart.
    ///
    /// Arbitrary: what is faster is a load test.
    public static let intervalFloor = Duration.milliseconds(2)

    /// The most data a request carries: an IPv4 packet less its headers.
    public static let sizeLimit = EchoMessage.payloadSizeLimit

    /// How many targets there are at once.
    ///
    /// Arbitrary; one every 4 ms at the usual interval of a second.
    public static let targetLimit = 256

    /// A configuration; what is out of bounds is moved to the bound.
    public init(
        count: Int? = nil,
        interval: Duration = .seconds(1),
        size: Int = 56,
        timeout: Duration = .seconds(2)
    ) {
        self.count = count.map { max(1, $0) }
        self.interval = max(interval, Self.intervalFloor)
        self.size = min(max(0, size), Self.sizeLimit)
        self.timeout = max(timeout, .milliseconds(1))
    }

    /// How many requests of one target to remember: all that may wait, and as many again for
    /// duplicates, and some.
    var windowCapacity: Int {
        let waiting = timeout.wholeNanoseconds / interval.wholeNanoseconds
        return Int(min(waiting, Int64(EchoWindow.capacityLimit))) * 2 + 64
    }
}
