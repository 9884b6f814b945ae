import Addresses

// Questions about the ends of a packet: addresses and ports.
extension CaptureLayout {
    private static func ends(
        _ direction: FilterDirection,
        source: BPFCondition,
        destination: BPFCondition
    ) -> BPFCondition {
        switch direction {
        case .source: source
        case .destination: destination
        case .either: .any([source, destination])
        case .both: .all([source, destination])
        }
    }

    /// An IPv4 address, in the packets of one type or of all that have one.
    func address4(
        _ address: IPv4Address,
        _ mask: UInt32,
        _ direction: FilterDirection,
        _ type: EtherType?
    ) -> BPFCondition {
        // Offsets in the header of IPv4, and in the message of ARP, whose fields RARP has.
        func carried(by type: EtherType, at source: UInt32, _ destination: UInt32) -> BPFCondition {
            let ends = Self.ends(
                direction,
                source: Self.address4(address, mask, at: network + source),
                destination: Self.address4(address, mask, at: network + destination)
            )
            return .all([link(type), ends])
        }
        let all: [(type: EtherType, condition: BPFCondition)] = [
            (.ipv4, carried(by: .ipv4, at: 12, 16)), (.arp, carried(by: .arp, at: 14, 24)),
            (.rarp, carried(by: .rarp, at: 14, 24)),
        ]
        return .any(all.filter { type == nil || $0.type == type }.map(\.condition))
    }

    private static func address4(
        _ address: IPv4Address,
        _ mask: UInt32,
        at offset: UInt32
    ) -> BPFCondition {
        mask == 0 ? .all([]) : .field(offset, size: 4, mask: mask, is: address.bits)
    }

    /// An IPv6 address in IPv6's header.
    func address6(
        _ address: IPv6Address,
        _ length: Int,
        _ direction: FilterDirection
    ) -> BPFCondition {
        Self.ends(
            direction,
            source: Self.address6(address, length, at: network + 8),
            destination: Self.address6(address, length, at: network + 24)
        )
    }

    private static func address6(
        _ address: IPv6Address,
        _ length: Int,
        at offset: UInt32
    ) -> BPFCondition {
        let words = [
            UInt32(truncatingIfNeeded: address.highBits >> 32),
            UInt32(truncatingIfNeeded: address.highBits),
            UInt32(truncatingIfNeeded: address.lowBits >> 32),
            UInt32(truncatingIfNeeded: address.lowBits),
        ]
        let tests = words.enumerated().compactMap { index, word -> BPFCondition? in
            let bits = min(32, length - 32 * index)
            guard bits > 0 else { return nil }
            return .field(
                offset + UInt32(4 * index),
                size: 4,
                mask: .max << UInt32(32 - bits),
                is: word
            )
        }
        return .all(tests)
    }

    /// A port of the transports that have them.
    ///
    /// Later fragments have no ports. Over IPv6, like tcpdump, only where the transport follows
    /// directly.
    func port(
        _ range: ClosedRange<UInt16>,
        _ direction: FilterDirection,
        _ transport: IPProtocol?
    ) -> BPFCondition {
        let transports = (transport.map { [$0] } ?? [.sctp, .tcp, .udp]).map { UInt32($0.rawValue) }
        func isTransport(at offset: UInt32) -> BPFCondition {
            .any(transports.map { .field(offset, size: 1, is: $0) })
        }
        let network = network
        let headerSize = BPFInstruction(
            code: BPFInstruction.Code.loadIPv4HeaderSize,
            operand: network
        )
        func afterIPv4(_ offset: UInt32) -> BPFCondition {
            Self.port(
                range,
                [
                    headerSize,
                    BPFInstruction(
                        code: BPFInstruction.Code.loadHalfIndexed,
                        operand: network + offset
                    ),
                ]
            )
        }
        func afterIPv6(_ offset: UInt32) -> BPFCondition {
            Self.port(range, BPFCondition.load(network + 40 + offset, size: 2))
        }
        let isLaterFragment = BPFCondition.test(
            BPFCondition.load(network + 6, size: 2),
            .anyBit(0x1FFF)
        )
        return .any([
            .all([
                link(.ipv6), isTransport(at: network + 6),
                Self.ends(direction, source: afterIPv6(0), destination: afterIPv6(2)),
            ]),
            .all([
                link(.ipv4), isTransport(at: network + 9), .not(isLaterFragment),
                Self.ends(direction, source: afterIPv4(0), destination: afterIPv4(2)),
            ]),
        ])
    }

    private static func port(
        _ range: ClosedRange<UInt16>,
        _ loads: [BPFInstruction]
    ) -> BPFCondition {
        let (low, high) = (UInt32(range.lowerBound), UInt32(range.upperBound))
        if low == high { return .test(loads, .equal(low)) }
        return .all([.test(loads, .atLeast(low)), .test(loads, .atMost(high))])
    }
}
