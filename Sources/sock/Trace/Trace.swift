import ArgumentParser
import NetworkTools
import Sockets

/// `sock trace`: the routers on the way to a host.
struct Trace: ProbingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the way to a host, and the largest packet it takes.",
        usage: "sock trace [<options>] <host>",
        discussion: """
            One line a hop: who answered, and how long it took; * where nothing came in time. !H, !N, \
            !X and so on say why it goes no further. On a terminal the table is drawn as it grows.

            UDP and TCP probes need no privileges (TCP: Linux 5.9). ICMP works where the sysctl \
            net.ipv4.ping_group_range allows it, otherwise with CAP_NET_RAW. Exit status: 0 if the \
            host was reached, 1 if not.
            """
    )

    @Argument(help: "A name or an address.")
    var host: String

    @Flag(help: "What to send: UDP (the default), ICMP echo requests, or TCP connection attempts.")
    var probes: ProbeKind = .udp

    @Option(help: "The port: for UDP of the first probe (33434), for TCP of all (80).")
    var port: UInt16?

    @Option(
        name: [.long, .customShort("m", allowingJoined: true)],
        help: "The last hop to look for, 1 to 255."
    )
    var maxHops = 30

    @Option(
        name: [.long, .customShort("q", allowingJoined: true)],
        help: "Probes for each hop, 1 to 10."
    )
    var queries = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time to wait for each answer: 5s, 500ms.", valueName: "time")
    )
    var timeout = Seconds(.seconds(5))

    @Flag(help: "Look up the names of the addresses.")
    var names = false

    @OptionGroup var family: FamilyOptions

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    var sendsEchoes: Bool { probes == .icmp }

    func validate() throws {
        guard (1...TraceConfiguration.hopLimitLimit).contains(maxHops) else {
            throw ValidationError("--max-hops is 1 to \(TraceConfiguration.hopLimitLimit)")
        }
        guard (1...TraceConfiguration.queryLimit).contains(queries) else {
            throw ValidationError("--queries is 1 to \(TraceConfiguration.queryLimit)")
        }
        if let port {
            if probes == .icmp { throw ValidationError("ICMP has no ports") }
            if port == 0 { throw ValidationError("--port is 1 to 65535") }
            let last = Int(UInt16.max) + 1 - maxHops * queries
            if probes == .udp, Int(port) > last {
                throw ValidationError("--port is at most \(last): each probe has the next one")
            }
        }
    }

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        do {
            let target = try await ProbeTarget(host, family)
            let tracer = Tracer(
                to: target.address,
                configuration: TraceConfiguration(
                    method: probes.method,
                    port: port,
                    maxHops: maxHops,
                    queries: queries,
                    timeout: timeout.duration
                ),
                access: probes == .icmp ? Privileges.takeEchoAccess() : nil
            )
            let report = TraceReporter(
                target: target,
                configuration: tracer.configuration,
                isJSON: json,
                wantsNames: names
            )
            report.begin()
            defer { report.end(tracer.table, tracer.pathMTU) }
            try await Interruption.watching(ExitStatus.interrupted(by:)) {
                try await tracer.run(report.show)
            }
            await report.finishNames()
            guard tracer.table.hasReached else { throw Failure(.failed) }
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }
}

/// What `sock trace` sends: the flags.
enum ProbeKind: EnumerableFlag {
    case udp, icmp, tcp

    var method: TraceConfiguration.Method {
        switch self {
        case .udp: .udp
        case .icmp: .icmp
        case .tcp: .tcp
        }
    }
}
