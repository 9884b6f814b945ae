import ArgumentParser
import NetworkTools
import Sockets

/// `sock scan`: which TCP ports of a host are open.
struct Scan: ProbingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try TCP ports of a host.",
        discussion: """
            Connects to each port once and prints those that are open; the counts of all go to the \
            standard error. Closed is what refuses, filtered what does not answer in time or what \
            something on the way rejects. Scan only hosts whose owners agree.

            Exit status: 0 if a port is open, 1 if none is.
            """
    )

    @Argument(help: "A name or an address.")
    var host: String

    @Argument(help: "Ports: 22,80,8000-8100; at most 8192.")
    var ports: String

    @Option(parsing: .unconditional, help: "Seconds to wait for each port.")
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
            let ports = try portList()
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

    private func portList() throws(Failure) -> [UInt16] {
        try Failure.asUsage { try PortList(ports).ports }
    }
}
