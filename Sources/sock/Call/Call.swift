import ArgumentParser
import Glibc
import Sessions
import Sockets

/// `sock call`: asks a server something, and prints its answer.
struct Call: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call a method of a server, and print the answer.",
        discussion: """
            The request is the argument, else the standard input to its end; on a terminal, none. JSON \
            and any other text go as they are. The answer is printed as it comes.

            With --stream each line of the input is a message, sent as it comes, and each message of the \
            answer a line. A call begins with its first message.

            The deadline of --timeout goes with the call: a server does not begin later what nobody waits \
            for. A call that fails is status 1, and it is said whether the request was delivered.
            """
    )

    @Argument(help: SessionHelp.endpoint)
    var endpoint: String

    @Argument(help: "The method's name.")
    var method: String

    @Argument(help: ArgumentHelp("The request: JSON or other text.", valueName: "json"))
    var request: String?

    @Flag(help: "Several messages both ways, each a line.")
    var stream = false

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup var options: SessionOptions

    func validate() throws {
        guard (1...255).contains(method.utf8.count) else {
            throw ValidationError("the name of a method has 1 to 255 bytes")
        }
    }

    func run() async throws {
        let run = CallRun(
            method: method,
            request: request.map { ProgramArguments.bytes(of: $0) },
            output: PieceOutput(isJSON: options.json)
        )
        try await options.run(to: endpoint, tls, renews: false) { [stream] session, _ in
            if stream {
                try await run.stream(in: session)
            } else {
                try await run.ask(in: session)
            }
        }
    }
}
