import ArgumentParser
import NetworkTools
import Sockets

/// `sock scan`: which TCP ports of a host are open.
struct Scan: ProbingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try TCP ports of a host.",
        usage: """
            sock scan [<options>] <host> <ports>
            sock scan [<options>] <host:port>
            """,
        discussion: """
            Connects to each port once and prints those that are open; the counts of all go to the \
            standard error. Closed is what refuses, filtered what does not answer in time or what \
            something on the way rejects. Scan only hosts whose owners agree.

            Exit status: 0 if a port is open, 1 if none is.
            """
    )

    @Argument(help: "A name or an address.")
    var host: String

    @Argument(help: "Ports: 22,80,https,8000-8100; 1024- from there on; - for all.")
    var ports: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time to wait for each port: 2s, 500ms.", valueName: "time")
    )
    var timeout = Seconds(.seconds(2))

    @Option(help: "Attempts under way at once, 1 to 512.")
    var concurrency = ScanConfiguration.usualConcurrency

    @Option(help: "Attempts begun in a second, 1 to 5000.")
    var rate = ScanConfiguration.usualRate

    @Flag(help: "Print closed and filtered ports too.")
    var all = false

    @OptionGroup var family: FamilyOptions

    @Flag(help: "Print JSON, one object a line, for every port.")
    var json = false

    var sendsEchoes: Bool { false }

    func validate() throws {
        guard (1...ScanConfiguration.concurrencyLimit).contains(concurrency) else {
            throw ValidationError("--concurrency is 1 to \(ScanConfiguration.concurrencyLimit)")
        }
        guard (1...ScanConfiguration.rateLimit).contains(rate) else {
            throw ValidationError("--rate is 1 to \(ScanConfiguration.rateLimit)")
        }
    }

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        do {
            let (host, ports) = try question()
            let target = try await ProbeTarget(host, family)
            let scanner = PortScanner(
                of: target.address,
                configuration: ScanConfiguration(
                    timeout: timeout.duration,
                    concurrency: concurrency,
                    rate: rate
                )
            )
            let report = ScanReport(target: target, isJSON: json, printsAll: all)
            defer { report.end() }
            try await Interruption.watching(ExitStatus.interrupted(by:)) {
                try await scanner.run(ports, report.tell)
            }
            guard report.hasOpenPort else { throw Failure(.failed) }
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }

    /// Whom to ask, and for which ports: two words, or one with a colon.
    private func question() throws(Failure) -> (host: String, ports: [UInt16]) {
        guard let (host, list) = ports.map({ (host, $0) }) ?? EndpointWords.split(host) else {
            throw Failure(.usage, "which ports? sock scan \(host.printable) 22,80,8000-8100")
        }
        let ports = try Failure.asUsage {
            try PortList(list) { ServicePort.number(of: $0, over: .tcp) }.ports
        }
        return (host, ports)
    }
}
