import ArgumentParser
import Sessions
import Sockets

/// `sock sessions`: topics, and a few methods to try.
struct SessionsCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Serve topics, and a few methods, to sock subscribe, publish and call.",
        usage: "sock sessions [<options>]",
        discussion: """
            Topics are kept in memory, of each the last entries, and of all no more than fits: for as long \
            as it runs, anybody who can connect may publish and subscribe. Methods: echo answers every \
            message with itself, time says the time in UTC, ticks says it again every second.

            A tls or wss listener without --tls-cert makes itself a certificate, and prints what a client \
            has to --pin.

            Port 0 lets the kernel choose; the line "listening on tcp://127.0.0.1:PORT" on the standard \
            error says which. ^C and SIGTERM stop it with status 0; clients come back when it does.

            Flags may be settings: --listen is also SOCK_SESSIONS_LISTEN, or "listen" of "sessions" in the \
            file; so are --origin, --ledger and the TLS options (--tls-cert is "tlsCert").
            """
    )

    @OptionGroup(title: "TLS options") var tls: TLSServerOptions

    @OptionGroup var options: SessionServerOptions

    func run() async throws {
        let invitation = { @Sendable (endpoint: Endpoint) in "sock call \(endpoint) time" }
        try await options.run("sessions", tls, invitation: invitation) { service, _ in
            var handlers = TrialMethods.handlers
            handlers.topics(Topics())
            try await service.run { [handlers] in try await $0.serve(handlers) }
        }
    }
}
