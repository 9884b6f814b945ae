import ArgumentParser
import Glibc
import Sockets

/// `sock resolve`: the addresses of a name.
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the addresses of a name, in the order to try them.",
        discussion: """
            One address a line, in the order in which `sock connect` tries them (RFC 6724, with the \
            families interleaved as RFC 8305 says). With a port, each has it too.
            """
    )

    @Argument(help: "A name, or an address, with or without a port.")
    var name: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End with status 2 after so long: 5s, 500ms; 5 is 5 seconds.",
            valueName: "time"
        )
    )
    var timeout: Seconds?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        do {
            let question = try Question(name)
            let deadline = timeout.map { Deadline.after($0.duration) } ?? .never
            let addresses = try await withDeadline(deadline) { () throws(SocketError) in
                try await Resolver.shared.resolve(question.host, port: question.port ?? 0)
            }
            let lines = addresses.map { line($0, hasPort: question.port != nil) + "\n" }
            Announcer.write(lines.joined(), to: STDOUT_FILENO)
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }

    private func line(_ address: SocketAddress, hasPort: Bool) -> String {
        guard let ip = address.ip, let port = address.port else { return "\(address)" }
        guard json else { return hasPort ? "\(address)" : "\(ip)" }
        let family =
            switch ip {
            case .v4: "ipv4"
            case .v6: "ipv6"
            }
        var members: JSONLine = ["address": .text("\(ip)"), "family": .text(family)]
        if hasPort { members.append("port", .number(Int(port))) }
        return members.description
    }
}

/// What `sock resolve` was asked: `example.org`, `example.org:443`, `::1`, `[::1]:80`.
private struct Question {
    let host: String
    let port: UInt16?

    init(_ text: String) throws(Failure) {
        guard !text.isEmpty else {
            throw Failure(.usage, "the name is empty: there is nothing to resolve")
        }
        // A colon makes it an endpoint, whose error is the one that helps, unless it is an IPv6
        // address without a port.
        let isEndpoint = text.contains(":") && (try? IPAddress(text)) == nil
        let (host, port): (Endpoint.Host, UInt16?) = try Failure.asUsage {
            guard isEndpoint else { return (try Endpoint.Host(text), nil) }
            let endpoint = try Endpoint.parsed(text)
            return (endpoint.host, endpoint.port)
        }
        self.port = port
        switch host {
        case .name(let name): self.host = name
        case .ip(let ip): self.host = "\(ip)"
        case .any, .unix:
            throw Failure(.usage, "'\(text.printable)' is no name: there is nothing to resolve")
        }
    }
}
