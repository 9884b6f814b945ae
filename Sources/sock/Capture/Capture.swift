import ArgumentParser
import Sockets

/// `sock capture`: the packets of interfaces, shown and written to a file.
struct Capture: PrivilegedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the packets of an interface, and write them to a file.",
        usage: "sock capture [<options>] [<filter> ...]",
        discussion: """
            One line a packet goes to the standard output, as tcpdump prints it: the time, the \
            interface, which way the packet went (In, Out, B for broadcast, M for multicast, P for \
            those of others), and what it is. ^C ends it with a summary by protocol.

            The filter is in the language of tcpdump: host, net, port, portrange with src or dst, \
            tcp, udp, icmp, icmp6, arp, vlan, less, greater, and, or, not, parentheses.

            It needs CAP_NET_RAW, which it gives up before it looks at the first packet.
            """
    )

    @OptionGroup var options: CaptureOptions

    func openPrivileged() {
        CaptureAccess.opened.withLock { opened in
            opened = Result { try CaptureAccess(options) }
        }
    }

    func run() async throws {
        let announcer = Announcer(isJSON: options.json, isVerbose: options.verbose)
        do {
            let opened = CaptureAccess.opened.withLock { $0 }
            let capture = try CaptureRun(
                opened?.get() ?? CaptureAccess(options),
                options,
                announcer
            )
            let status: @Sendable (CInt) -> ExitStatus = { _ in capture.status }
            try await Interruption.watching(status) { await capture.run() }
            if capture.status != .done { throw Failure(capture.status) }
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            if failure.status != .done { throw ExitCode(failure.status.code) }
        }
    }
}
