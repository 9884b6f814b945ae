import ArgumentParser
import Files
import Packets

/// What `sock capture` can be told.
struct CaptureOptions: ParsableArguments {
    @Argument(help: "Which packets: host 10.0.0.1 and tcp port 80. All of them without.")
    var filter: [String] = []

    @Option(
        name: [.long, .customShort("i", allowingJoined: true)],
        help: "The interface to capture on, any for all of them.",
        completion: .networkInterface
    )
    var interface = "any"

    @Option(
        name: [.long, .customShort("o", allowingJoined: true)],
        help: ArgumentHelp(
            "Write the packets to a file for Wireshark (pcapng); - is the standard output.",
            valueName: "file"
        ),
        completion: .file()
    )
    var output: BytePath?

    @Option(
        name: [.long, .customShort("c", allowingJoined: true)],
        help: "End after so many packets."
    )
    var count: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("End after so long: 10s, 5m; 10 is 10 seconds.", valueName: "time")
    )
    var seconds: Seconds?

    @Option(
        help: ArgumentHelp(
            "Keep so many bytes of a packet: 96, 64Ki; by default all.",
            valueName: "size"
        ),
        transform: ByteSize.parser(of: "--snap", 1...CaptureOptions.snapLimit)
    )
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
