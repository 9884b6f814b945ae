// The bodies of blocks.
extension PcapngReader {
    static func section(_ body: inout PcapngFields) throws(PacketError) -> PcapngBlock {
        _ = try body.take(UInt32.self, "byte order magic")
        let major = try body.take(UInt16.self, "major version")
        guard major == 1 else {
            throw malformed("major version", 4, Int(major), "is not 1")
        }
        _ = try body.take(UInt16.self, "minor version")
        _ = try body.take(UInt64.self, "section length")
        var application: String?
        while let option = try body.takeOption() {
            if option.code == PcapngOption.sectionApplication {
                application = body.text(option.value)
            }
        }
        return .section(application: application)
    }

    mutating func interface(
        _ body: inout PcapngFields
    ) throws(PacketError) -> PcapngBlock {
        guard timeUnits.count < Self.interfaceLimit else {
            throw Self.malformed("interface", 0, timeUnits.count, "is over the limit of interfaces")
        }
        let link = try body.take(UInt16.self, "link type")
        _ = try body.take(UInt16.self, "reserved field")
        var interface = PcapngInterface(
            name: nil,
            linkNumber: link,
            snapSize: try body.take(UInt32.self, "snap length"),
            filter: nil
        )
        var unit = PcapngTimeUnit()
        while let (code, value) = try body.takeOption() {
            switch code {
            case PcapngOption.interfaceName: interface.name = body.text(value)
            case PcapngOption.interfaceTimeResolution where value.count == 1:
                unit.resolution = body.bytes.byte(at: value.lowerBound)
            case PcapngOption.interfaceTimeOffset:
                unit.offset = Int64(bitPattern: body.uint64(value) ?? 0)
            case PcapngOption.interfaceFilter
            where value.count > 0 && body.bytes.byte(at: value.lowerBound) == 0:
                interface.filter = body.text(value.dropFirst())
            default: break
            }
        }
        timeUnits.append(unit)
        return .interface(interface)
    }

    func packet(_ body: inout PcapngFields) throws(PacketError) -> PcapngBlock {
        let (interface, time) = try takeInterfaceAndTime(&body)
        let size = try Int(body.take(UInt32.self, "captured length"))
        let original = try body.take(UInt32.self, "original length")
        let data = try body.take(size: size, "packet data")
        body.skipPadding(after: size)
        var packet = PcapngPacket(interface: interface, time: time, originalSize: original)
        while let (code, value) = try body.takeOption() {
            switch code {
            case PcapngOption.packetFlags where value.count == 4:
                var flags = PcapngFields(body.bytes.extracting(value), isSwapped: body.isSwapped)
                let bits = try flags.take(UInt32.self, "flags")
                packet.direction = PcapngPacket.Direction(rawValue: UInt8(bits & 3))
            case PcapngOption.packetDropCount: packet.dropCount = body.uint64(value)
            default: break
            }
        }
        // Counted from the start of the block, as the caller's bytes are.
        return .packet(packet, data: data.lowerBound + 8..<data.upperBound + 8)
    }

    func statistics(_ body: inout PcapngFields) throws(PacketError) -> PcapngBlock {
        let (interface, time) = try takeInterfaceAndTime(&body)
        var statistics = PcapngStatistics(interface: interface, time: time)
        while let (code, value) = try body.takeOption() {
            switch code {
            case PcapngOption.statisticsReceived: statistics.receivedCount = body.uint64(value)
            case PcapngOption.statisticsDropped: statistics.droppedCount = body.uint64(value)
            default: break
            }
        }
        return .statistics(statistics)
    }

    private func takeInterfaceAndTime(
        _ body: inout PcapngFields
    ) throws(PacketError) -> (UInt32, UInt64) {
        let interface = try body.take(UInt32.self, "interface")
        guard Int(interface) < timeUnits.count else {
            throw Self.malformed("interface", 0, Int(interface), "no block before describes")
        }
        let time = try body.takeTime()
        guard let nanoseconds = timeUnits[Int(interface)].nanoseconds(time) else {
            throw Self.malformed(
                "timestamp",
                4,
                Int(truncatingIfNeeded: time),
                "is out of range in its interface's units"
            )
        }
        return (interface, nanoseconds)
    }
}
