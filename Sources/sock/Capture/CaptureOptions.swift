import ArgumentParser
import Packets

/// What `sock capture` can be told.
struct CaptureOptions: ParsableArguments {
    @Argument(help: "Which packets: host 10.0.0.1 and tcp port 80. All of them without.")
    var filter: [String] = []

    @Option(
        name: [.long, .customShort("i")],
        help: "The interface to capture on, any for all of them."
    )
    var interface = "any"

    @Option(
        name: [.long, .customShort("o")],
        help: "Write the packets to a file for Wireshark (pcapng); - is the standard output."
    )
    var output: String?

    @Option(name: [.long, .customShort("c")], help: "End after so many packets.")
    var count: Int?

    @Option(parsing: .unconditional, help: "End after so many seconds.")
    var seconds: Seconds?

    @Option(help: "Keep so many bytes of a packet.")
    var snap = Self.snapLimit

    @Flag(help: "Let in what is for other hosts too; wants one interface.")
    var promiscuous = false

    @Flag(help: "Print JSON, one object a packet.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print a second line with what else the headers say.")
    var verbose = false

    /// The most bytes kept of a packet: what tcpdump keeps (MAXIMUM_SNAPLEN of libpcap).
    static let snapLimit = 262_144

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        guard (1...Self.snapLimit).contains(snap) else {
            throw ValidationError("--snap is 1 to \(Self.snapLimit)")
        }
        if promiscuous, isOnAll {
            throw ValidationError("--promiscuous wants one interface: -i eth0")
        }
    }

    var isOnAll: Bool { interface == "any" }

    /// Whether packets are shown: not where the file goes there.
    var printsPackets: Bool { output != "-" }

    /// The filter as it is written, nil for none.
    var filterText: String? { filter.isEmpty ? nil : filter.joined(separator: " ") }

    /// The filter as the kernel wants it.
    ///
    /// Nil takes everything whole.
    func program() throws(Failure) -> BPFProgram? {
        if filterText == nil, snap == Self.snapLimit { return nil }
        return try Failure.asUsage {
            try CaptureFilter(filterText ?? "").program(for: .datagram, keeping: UInt32(snap))
        }
    }
}
