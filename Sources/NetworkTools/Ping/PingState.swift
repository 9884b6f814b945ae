internal import Packets
internal import Sockets

/// All that is known of a ping of several targets.
struct PingState: Sendable {
    var tallies: [PingTally]
    var strays = PingStrays()
    private let places: [IPAddress: Int]

    init(targets: [IPAddress], configuration: PingConfiguration, secret: UInt64) {
        var places: [IPAddress: Int] = [:]
        var tallies: [PingTally] = []
        for (target, address) in targets.enumerated() {
            places[address] = target
            // Another secret for each, or one target could answer for another.
            let payload = EchoPayload(
                size: configuration.size,
                secret: secret &+ UInt64(target) << 32
            )
            tallies.append(
                PingTally(
                    target: target,
                    payload: payload,
                    windowCapacity: configuration.windowCapacity
                )
            )
        }
        self.places = places
        self.tallies = tallies
    }

    /// Something has come out of a socket.
    mutating func receive(
        _ arrival: EchoMessage.Arrival,
        from source: IPAddress?,
        _ bytes: RawSpan,
        hopLimit: UInt8?,
        at time: ProbeArrival
    ) -> PingEvent? {
        let target = source.flatMap { places[$0] }
        switch arrival {
        case .foreign:
            strays.foreignCount += 1
            return nil
        case .malformed:
            strays.malformedCount += 1
            return nil
        case .wrongChecksum, .reply:
            guard let target else {
                strays.foreignCount += 1
                return nil
            }
            guard case .reply(let number, let data, let headerHops) = arrival else {
                tallies[target].receiveWrongChecksum()
                return nil
            }
            return tallies[target].receive(
                number,
                data: bytes.extracting(data),
                hopLimit: hopLimit ?? headerHops,
                at: time
            )
        }
    }

    /// The network speaks of a request.
    mutating func receive(_ report: DatagramError, of sequenceNumber: UInt16) -> PingEvent? {
        guard let ip = report.destination?.ip, let target = places[ip] else { return nil }
        return tallies[target].receive(report, of: sequenceNumber)
    }

    /// Gives up what was sent too long ago.
    mutating func expire(sentUntil time: Int64, now: Int64) -> [PingEvent] {
        var events: [PingEvent] = []
        for target in tallies.indices {
            events += tallies[target].expire(sentUntil: time, now: now)
        }
        return events
    }

    /// When the oldest request that waits was sent; nil when none waits.
    mutating func oldestWaitingSentAt() -> Int64? {
        var oldest: Int64?
        for target in tallies.indices {
            guard let time = tallies[target].oldestWaitingSentAt() else { continue }
            oldest = min(oldest ?? time, time)
        }
        return oldest
    }
}

/// What a ping's sockets received that is no target's.
public struct PingStrays: Sendable, Hashable {
    /// With another identifier, or from an address that was not asked: a raw socket sees what every
    /// other program's requests are answered.
    public internal(set) var foreignCount = 0
    /// No ICMP message at all.
    public internal(set) var malformedCount = 0

    /// How many there were.
    public var count: Int { foreignCount + malformedCount }
}
