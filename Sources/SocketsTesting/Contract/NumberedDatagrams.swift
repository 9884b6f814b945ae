internal import Sockets

/// Datagrams that show which one they are and whether they are whole.
enum NumberedDatagram {
    /// The number's own bytes.
    static let leastSize = 4

    /// A datagram of a size, at least ``leastSize``: its number, then the pattern from there on.
    static func bytes(_ number: Int, size: Int) -> [UInt8] {
        let head = (0..<leastSize).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        return head + BytePattern.bytes(at: number, count: size - leastSize)
    }

    /// The number of a datagram that is whole.
    static func number(of bytes: [UInt8]) throws -> Int {
        try expect(
            bytes.count >= leastSize,
            "a datagram of \(bytes.count) bytes, which nobody sent"
        )
        let number = (0..<leastSize).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        try BytePattern.check(Array(bytes[leastSize...]), at: number)
        return number
    }
}

/// What is on the way between the tasks of a rule: what was sent, and what has come.
final class DatagramFlow: Sendable {
    private struct State {
        var sent: Set<Int> = []
        var arrived: Set<Int> = []
        var last = -1
    }

    private let state = Lock(State())
    private let promises: DatagramPromises

    init(_ promises: DatagramPromises) { self.promises = promises }

    /// Lets others go on until one more may be sent.
    func waitForRoom() async {
        if promises.sendingWaits { return }
        while state.withLock({ $0.sent.count - $0.arrived.count >= promises.window }) {
            if Task.isCancelled { return }
            await Task.yield()
        }
    }

    /// A datagram is being sent.
    func send(_ number: Int) { state.withLock { _ = $0.sent.insert(number) } }

    /// Sending it has failed, so that it must never come.
    func takeBack(_ number: Int) { state.withLock { _ = $0.sent.remove(number) } }

    /// Checks a datagram that has come.
    func accept(_ bytes: [UInt8]) throws {
        let number = try NumberedDatagram.number(of: bytes)
        let isInOrder = try state.withLock { state in
            try expect(state.arrived.insert(number).inserted, "datagram \(number) came twice")
            defer { state.last = number }
            return number > state.last
        }
        try expect(isInOrder || !promises.keepsOrder, "datagram \(number) came out of order")
    }

    /// How many have been sent and have not come.
    var onTheWay: Int { state.withLock { $0.sent.subtracting($0.arrived).count } }

    /// Receives what is still on the way, and checks that nothing else is.
    func drain(_ transport: some DatagramTransport) async throws {
        while onTheWay > 0 {
            do {
                let received = try await withDeadline(.after(settlingLimit)) {
                    () async throws(SocketError) in
                    try await transport.receiveBytes(limit: DatagramPromises.smallSize)
                }
                try accept(received.bytes)
            } catch let error as SocketError where error.code == .deadlinePassed {
                throw Broken("\(onTheWay) datagrams never came")
            }
        }
        let (sent, arrived) = state.withLock { ($0.sent, $0.arrived) }
        let extra = arrived.subtracting(sent)
        try expect(extra.isEmpty, "\(extra.count) datagrams came whose sending had failed")
        try await expectNothing(from: transport)
    }

    /// Checks that no datagram is there.
    func expectNothing(from transport: some DatagramTransport) async throws {
        do {
            let received = try await withDeadline(.after(.milliseconds(1))) {
                () async throws(SocketError) in try await transport.receiveBytes(limit: 16)
            }
            throw Broken("a datagram of \(received.size) bytes came that nobody sent")
        } catch let error as SocketError {
            try expect(error.code == .deadlinePassed, "receiving failed with “\(error)”")
        }
    }
}

/// How long a datagram may take from a send that has returned to the receiver, before it counts as
/// lost.
///
/// Arbitrary: on one machine it takes microseconds.
private let settlingLimit = Duration.seconds(2)

/// One datagram as a rule sees it.
struct SeenDatagram: Sendable {
    let bytes: [UInt8]
    let size: Int
}

extension DatagramTransport {
    /// Receives one datagram into so much memory, and checks what is said of it.
    func receiveBytes(limit: Int) async throws(SocketError) -> SeenDatagram {
        // What is behind the datagram stays as it is.
        var bytes = [UInt8](repeating: 0xEE, count: limit)
        let datagram = try await receive(into: &bytes)
        let isRight =
            bytes.count == limit && datagram.size >= 0
            && datagram.count == min(datagram.size, limit)
            && bytes[datagram.count...].allSatisfy { $0 == 0xEE }
        if !isRight {
            let text = "it says \(datagram.count) of \(datagram.size) bytes in memory of \(limit)"
            throw SocketError(.system, in: .receive, detail: text)
        }
        return SeenDatagram(bytes: Array(bytes[..<datagram.count]), size: datagram.size)
    }
}
