/// How to trace.
public struct TraceConfiguration: Sendable {
    /// What is sent.
    public enum Method: String, Sendable, CaseIterable {
        /// UDP to ports where nobody should listen: needs no privilege.
        case udp
        /// ICMP echo requests: ping sockets, or raw sockets with CAP_NET_RAW.
        case icmp
        /// TCP connection attempts: needs no privilege.
        case tcp
    }

    /// What is sent.
    public var method: Method

    /// For UDP the port of the first probe, which the others follow; for TCP the port of all.
    public var port: UInt16

    /// The last hop to be looked for, 1 to ``hopLimitLimit``.
    public var maxHops: Int

    /// Probes for each hop, 1 to ``queryLimit``.
    public var queries: Int

    /// How long an answer is waited for.
    public var timeout: Duration

    /// Probes that may wait for their answers at once.
    public var window: Int

    /// The port of traceroute(8)'s first probe, in a range nobody uses.
    public static let usualUDPPort: UInt16 = 33_434
    /// The port of a server that is let through nearly everywhere.
    public static let usualTCPPort: UInt16 = 80
    /// What the header's field holds.
    public static let hopLimitLimit = 255
    /// As traceroute(8) has it.
    public static let queryLimit = 10
    /// As traceroute(8) has it: enough to be fast, few enough for routers that limit their answers.
    public static let usualWindow = 16

    /// A configuration; what is out of bounds is moved to the bound.
    public init(
        method: Method = .udp,
        port: UInt16? = nil,
        maxHops: Int = 30,
        queries: Int = 3,
        timeout: Duration = .seconds(5),
        window: Int = TraceConfiguration.usualWindow
    ) {
        self.method = method
        self.port = port ?? (method == .tcp ? Self.usualTCPPort : Self.usualUDPPort)
        self.maxHops = min(max(1, maxHops), Self.hopLimitLimit)
        self.queries = min(max(1, queries), Self.queryLimit)
        self.timeout = max(timeout, .milliseconds(1))
        self.window = max(1, window)
    }

    var probeLimit: Int { maxHops * queries }
}
