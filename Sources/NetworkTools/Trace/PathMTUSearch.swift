public import Sockets

/// The largest packet a path takes, as far as it was found.
public struct PathMTU: Sendable, Hashable {
    /// Bytes with the IP header.
    public let size: Int
    /// The router that said so; nil where it is the own link's.
    public let reporter: IPAddress?
    /// Whether a packet of that size has arrived; the path may take less otherwise.
    public let isConfirmed: Bool
}

/// The search for a path's MTU as a state machine: a packet as large as the own link takes, and each
/// time a router reports that it is too large one of the size it names (RFC 1191, RFC 8201).
///
/// Reports can be made up: only sizes below the one tried and not below the protocol's least are
/// believed, and the search ends after ``stepLimit`` packets.
struct PathMTUSearch: Sendable {
    /// The least every link takes: RFC 791 §3.2 and RFC 8200 §5.
    static func floor(isIPv6: Bool) -> Int { isIPv6 ? 1280 : 68 }

    /// Packets sent at most.
    ///
    /// Arbitrary: more than there are different links in a row.
    static let stepLimit = 16

    /// A packet without an answer is sent so often: 2.
    static let triesPerSize = 2

    /// What routers that name no size are likely to take (RFC 1191 §7.1).
    static let plateaus = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68]

    private let isIPv6: Bool
    private var steps = 0
    private var tries = 0
    private var reporter: IPAddress?
    private(set) var isOver = false
    private var isConfirmed = false

    /// The size to try next, or that was found.
    private(set) var size: Int

    init(isIPv6: Bool, startingAt size: Int = Int(UInt16.max)) {
        self.isIPv6 = isIPv6
        self.size = max(size, Self.floor(isIPv6: isIPv6))
    }

    /// This machine's own link takes no more than so much.
    mutating func refuseHere(limit: Int?) {
        guard let limit, limit < size, limit >= Self.floor(isIPv6: isIPv6) else {
            isOver = true
            return
        }
        size = limit
    }

    /// A packet is sent.
    mutating func send() {
        steps += 1
        tries += 1
    }

    /// A router says that it is too large.
    mutating func refuse(limit: Int?, reporter: IPAddress?) {
        let floor = Self.floor(isIPv6: isIPv6)
        let named = limit.flatMap { (floor..<size).contains($0) ? $0 : nil }
        let plateau = limit == nil ? Self.plateaus.first { $0 < size && $0 >= floor } : nil
        guard let next = named ?? plateau else { return }
        size = next
        self.reporter = reporter
        tries = 0
        if steps >= Self.stepLimit { isOver = true }
    }

    /// It has arrived.
    mutating func arrive() {
        isConfirmed = true
        isOver = true
    }

    /// Nothing came back in time.
    mutating func giveUpWaiting() {
        if tries >= Self.triesPerSize || steps >= Self.stepLimit { isOver = true }
    }

    /// What was found; nil when nothing was sent.
    var result: PathMTU? {
        steps > 0 ? PathMTU(size: size, reporter: reporter, isConfirmed: isConfirmed) : nil
    }
}
