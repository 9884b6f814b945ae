import ArgumentParser
import Glibc
import Sockets

/// `sock tls`: what a TLS server shows, and whether that is to be trusted.
struct TLSCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "Look at a TLS server: its certificates, and what is wrong with them.",
        usage: """
            sock tls [<options>] <host:port>
            sock tls [<options>] <host> [<port>]
            """,
        discussion: """
            Prints what is agreed on, every certificate that is shown, and each check that fails. \
            Connects three times: to look, and twice to see whether a session is resumed.

            Exit status: 0 if the server is to be trusted, 1 if it is not or does not speak TLS, 2 at \
            --timeout.
            """
    )

    @Argument(help: "Where: host:port, or host for port 443.")
    var server: String

    @Argument(help: EndpointHelp.port)
    var port: String?

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup(title: "TLS options") var protocols: TLSProtocolOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End with status 2 after so long: 5s, 500ms; 5 is 5 seconds.",
            valueName: "time"
        )
    )
    var timeout = Seconds(.seconds(10))

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if tls.insecure {
            throw ValidationError("--insecure is for talking: this command only looks")
        }
    }

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        do {
            try await Interruption.watching(ExitStatus.interrupted(by:)) {
                let endpoint = try Self.endpoint(EndpointWords.joined(server, port))
                let inspection = try await withDeadline(.after(timeout.duration)) {
                    try await TLSInspector(endpoint, tls, protocols).run()
                }
                let text = json ? "\(inspection.json)" : inspection.words
                Announcer.write(text + "\n", to: STDOUT_FILENO)
                if !inspection.isTrusted { throw Failure(.failed) }
            }
        } catch {
            var failure = Failure(error)
            if failure.status == .deadlinePassed, !(error is Failure) {
                failure = Failure(.deadlinePassed, "not done after \(timeout) (--timeout)")
            }
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }

    /// HTTPS, where nothing else is said.
    private static let usualPort: UInt16 = 443

    private static func endpoint(_ text: String) throws(Failure) -> Endpoint {
        let endpoint: Endpoint
        if let host = try? Endpoint.Host(text),
            let usual = try? Endpoint(scheme: .tls, host: host, port: usualPort)
        {
            endpoint = usual
        } else {
            endpoint = try Endpoint.parsed(text)
        }
        guard endpoint.scheme == .tcp || endpoint.isSecure else {
            throw Failure(.usage, "\(endpoint) is no place for TLS: give host:port")
        }
        return endpoint.transport
    }
}
