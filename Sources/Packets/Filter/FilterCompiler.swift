import Addresses

extension CaptureLayout {
    /// A filter in terms of bytes.
    func condition(_ expression: FilterExpression) -> BPFCondition {
        switch expression {
        case .primitive(let primitive): return condition(primitive)
        case .not(let inner): return .not(condition(inner))
        case .chain(let first, let rest):
            // Joined pairwise from the left, but terms with the same join side by side: the depth
            // of the result is that of changes, not of terms.
            var parts = [condition(first)]
            var current: FilterExpression.Join?
            for (join, term) in rest {
                if let current, current != join { parts = [Self.joined(parts, current)] }
                current = join
                parts.append(condition(term))
            }
            return current.map { Self.joined(parts, $0) } ?? .all(parts)
        }
    }

    private static func joined(
        _ parts: [BPFCondition],
        _ join: FilterExpression.Join
    ) -> BPFCondition {
        switch join {
        case .and: .all(parts)
        case .or: .any(parts)
        }
    }

    private func condition(_ primitive: FilterPrimitive) -> BPFCondition {
        switch primitive {
        case .link(let type): link(type)
        case .carries(let payload, .v4): carriedByIPv4(payload)
        case .carries(let payload, .v6): carriedByIPv6(payload)
        case .carries(let payload, nil): .any([carriedByIPv4(payload), carriedByIPv6(payload)])
        case .address(.v4(let address, let mask), let direction, let type):
            address4(address, mask, direction, type)
        case .address(.v6(let address, let length), let direction, _):
            .all([link(.ipv6), address6(address, length, direction)])
        case .port(let range, let direction, let transport): port(range, direction, transport)
        case .multicast(.v4):
            .all([link(.ipv4), .test(BPFCondition.load(network + 16, size: 1), .atLeast(224))])
        case .multicast(.v6): .all([link(.ipv6), .field(network + 24, size: 1, is: 0xFF)])
        case .vlan(let number): Self.vlan(number)
        case .sizeAtMost(let size): .test([Self.loadSize], .atMost(size))
        case .sizeAtLeast(let size): .test([Self.loadSize], .atLeast(size))
        }
    }

    /// Where the network's header begins.
    var network: UInt32 { self == .ethernet ? UInt32(EthernetHeader.fixedSize) : 0 }

    private static let loadSize = BPFInstruction(code: BPFInstruction.Code.loadSize, operand: 0)

    /// What the link carries.
    func link(_ type: EtherType) -> BPFCondition {
        switch self {
        case .ethernet: .field(12, size: 2, is: UInt32(type.rawValue))
        case .datagram:
            .field(BPFInstruction.Ancillary.linkProtocol, size: 2, is: UInt32(type.rawValue))
        case .rawIP where type == .ipv4: .field(0, size: 1, mask: 0xF0, is: 0x40)
        case .rawIP where type == .ipv6: .field(0, size: 1, mask: 0xF0, is: 0x60)
        case .rawIP: .any([])
        }
    }

    /// A VLAN by its tag, which the kernel takes off a frame before any socket sees it.
    private static func vlan(_ number: UInt16?) -> BPFCondition {
        let isTagged = BPFCondition.not(
            .field(BPFInstruction.Ancillary.hasVLANTag, size: 1, is: 0)
        )
        guard let number else { return isTagged }
        let isNumber = BPFCondition.field(
            BPFInstruction.Ancillary.vlanTag,
            size: 2,
            mask: 0xFFF,
            is: UInt32(number)
        )
        return .all([isTagged, isNumber])
    }

    private func carriedByIPv4(_ payload: IPProtocol) -> BPFCondition {
        .all([link(.ipv4), .field(network + 9, size: 1, is: UInt32(payload.rawValue))])
    }

    /// Directly, or in a fragment: like tcpdump, no other extension header is walked.
    private func carriedByIPv6(_ payload: IPProtocol) -> BPFCondition {
        let number = UInt32(payload.rawValue)
        let isFragment = BPFCondition.field(
            network + 6,
            size: 1,
            is: UInt32(IPProtocol.fragment.rawValue)
        )
        return .all([
            link(.ipv6),
            .any([
                .field(network + 6, size: 1, is: number),
                .all([isFragment, .field(network + 40, size: 1, is: number)]),
            ]),
        ])
    }
}
