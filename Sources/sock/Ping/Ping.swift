import ArgumentParser
import NetworkTools
import Sockets

/// `sock ping`: echo requests to hosts, and how long their replies take.
struct Ping: ProbingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask hosts for an echo, and time it.",
        usage: "sock ping [<options>] <host> ...",
        discussion: """
            Sends ICMP echo requests to every host until ^C or --count. Replies that are not exactly \
            what was sent are counted and ignored.

            Works without privileges where the sysctl net.ipv4.ping_group_range allows it, \
            otherwise with CAP_NET_RAW. Exit status: 0 if anything answered, 1 if nothing did.
            """
    )

    @Argument(help: "Names or addresses.")
    var hosts: [String]

    @Option(
        name: [.long, .customShort("c", allowingJoined: true)],
        help: "End after so many requests to each host."
    )
    var count: Int?

    @Option(
        name: [.long, .customShort("i", allowingJoined: true)],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time between two requests to one host: 1s, 200ms; at least 2ms.",
            valueName: "time"
        )
    )
    var interval = Seconds(.seconds(1))

    @Option(
        name: [.long, .customShort("s", allowingJoined: true)],
        help: "Bytes of data in a request, 0 to 65507: 56 by default, 1k, 1Ki.",
        transform: ByteSize.parser(of: "--size", 0...PingConfiguration.sizeLimit)
    )
    var size = 56

    @Option(
        name: [.long, .customShort("W", allowingJoined: true)],
        parsing: .unconditional,
        help: ArgumentHelp("Time to wait for each reply: 2s, 500ms.", valueName: "time")
    )
    var timeout = Seconds(.seconds(2))

    @OptionGroup var family: FamilyOptions

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    var sendsEchoes: Bool { true }

    func validate() throws {
        if hosts.count > PingConfiguration.targetLimit {
            throw ValidationError("at most \(PingConfiguration.targetLimit) hosts at once")
        }
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        guard interval.duration >= PingConfiguration.intervalFloor else {
            throw ValidationError("--interval is at least 2ms")
        }
    }

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        do {
            let targets = try await resolvedTargets(announcer)
            let pinger = Pinger(
                targets: targets.map(\.address),
                configuration: PingConfiguration(
                    count: count,
                    interval: interval.duration,
                    size: size,
                    timeout: timeout.duration
                ),
                access: Privileges.takeEchoAccess()
            )
            let report = PingReport(targets: targets, pinger: pinger, isJSON: json)
            report.begin()
            defer { report.end() }
            try await Interruption.watching { _ in
                report.status
            } _: {
                try await pinger.run(report.tell)
            }
            guard report.status == .done else { throw Failure(report.status) }
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            if failure.status != .done { throw ExitCode(failure.status.code) }
        }
    }

    /// The targets, each address once; a name that cannot be resolved is told, and left out if there
    /// are others.
    private func resolvedTargets(_ announcer: Announcer) async throws -> [ProbeTarget] {
        var targets: [ProbeTarget] = []
        var failure: Failure?
        for host in hosts {
            do throws(Failure) {
                let target = try await ProbeTarget(host, family)
                guard !targets.contains(where: { $0.address == target.address }) else { continue }
                targets.append(target)
            } catch {
                if error.status == .usage { throw error }
                if let message = failure?.message { announcer.tell(.failed(message)) }
                failure = error
            }
        }
        guard let failure else { return targets }
        if targets.isEmpty { throw failure }
        if let message = failure.message { announcer.tell(.failed(message)) }
        return targets
    }
}
