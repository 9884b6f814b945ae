import Packets

/// What is said of a capture on the standard error: that it has begun, and what it had.
struct CaptureReport: Sendable {
    private let options: CaptureOptions
    private let fileName: String?

    init(_ options: CaptureOptions, writesTo fileName: String?) {
        self.options = options
        self.fileName = fileName
    }

    func begin() {
        guard !options.json else {
            var line: JSONLine = [
                "event": .text("capturing"), "interface": .text(options.interface),
            ]
            if let filter = options.filterText { line.append("filter", .text(filter)) }
            return say(line.description)
        }
        let place = options.isOnAll ? "all interfaces" : options.interface
        let filter = options.filterText.map { ": \($0)" } ?? ""
        say("capturing on \(place)\(filter)")
    }

    func end(_ tally: CaptureTally) {
        let kinds = ProtocolTally.Kind.allCases
            .filter { tally.kinds[$0].packetCount > 0 }
            .sorted { tally.kinds[$0].byteCount > tally.kinds[$1].byteCount }
        guard !options.json else {
            for kind in kinds { say(json(kind, tally.kinds[kind])) }
            return say(json(tally))
        }
        let time = Seconds(tally.duration)
        say("\n\(packets(tally.packetCount)), \(tally.byteCount) bytes in \(time)")
        let counts = kinds.map { tally.kinds[$0] }
        let widths = [
            kinds.map { $0.rawValue.count }, counts.map { "\($0.packetCount)".count },
            counts.map { "\($0.byteCount)".count },
        ].map { $0.max() ?? 0 }
        for (kind, count) in zip(kinds, counts) {
            let name = kind.rawValue + Self.space(widths[0] - kind.rawValue.count)
            let packets = Self.right("\(count.packetCount)", widths[1])
            let bytes = Self.right("\(count.byteCount)", widths[2])
            let noun = count.packetCount == 1 ? "packet " : "packets"
            say("  \(name)  \(packets) \(noun)  \(bytes) bytes")
        }
        say("\(tally.droppedCount) dropped by the kernel")
        if tally.unshownCount > 0 {
            say("\(packets(tally.unshownCount)) not shown: the reader of the output is too slow")
        }
        guard let fileName, let unwrittenCount = tally.unwrittenCount else { return }
        say(
            "\(packets(tally.packetCount - unwrittenCount)) written to \(fileName.printable)"
        )
        if unwrittenCount > 0 {
            say("\(packets(unwrittenCount)) not written: the disk is too slow")
        }
    }

    private func json(_ kind: ProtocolTally.Kind, _ count: ProtocolTally.Count) -> String {
        let line: JSONLine = [
            "event": .text("protocol"), "protocol": .text(kind.rawValue),
            "packet_count": .number(count.packetCount), "byte_count": .number(count.byteCount),
        ]
        return line.description
    }

    private func json(_ tally: CaptureTally) -> String {
        var line: JSONLine = [
            "event": .text("captured"), "packet_count": .number(tally.packetCount),
            "byte_count": .number(tally.byteCount),
            "duration_ns": .number(Int(tally.duration / .nanoseconds(1))),
            "kernel_drop_count": .number(tally.droppedCount),
            "unshown_count": .number(tally.unshownCount),
        ]
        if fileName != nil, let count = tally.unwrittenCount {
            line.append("unwritten_count", .number(count))
        }
        return line.description
    }

    private func packets(_ count: Int) -> String { count == 1 ? "1 packet" : "\(count) packets" }

    private static func right(_ text: String, _ width: Int) -> String {
        space(width - text.count) + text
    }

    private static func space(_ count: Int) -> String {
        String(repeating: " ", count: max(0, count))
    }

    private func say(_ line: String) { StatusWriter(isPlain: options.json).tell(line) }
}
