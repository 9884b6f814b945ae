import ArgumentParser
import Sessions
import Sockets

/// `sock publish`: adds entries to a topic.
struct Publish: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add entries to a topic.",
        discussion: """
            The text, or each line of the standard input as it comes, one after the other, each once. \
            When the connection is lost another is made. A line of more than 196,608 bytes is left out. \
            Status 1 if any is not published, or if that \
            is not known because the server was lost before it said so; which ones is told on the \
            standard error.
            """
    )

    @Argument(help: SessionHelp.endpoint)
    var endpoint: String

    @Argument(help: "The topic.")
    var topic: String

    @Argument(help: "One entry; without it, the standard input is read.")
    var text: String?

    @Flag(help: "Let each entry be what new subscribers see first.")
    var retain = false

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup var options: SessionOptions

    func validate() throws { try TopicName.check(topic) }

    func run() async throws {
        let lines = LineInput(text.map { ProgramArguments.bytes(of: $0) })
        let run = PublishRun(topic, isRetained: retain, lines)
        try await options.run(to: endpoint, tls, renews: true) { session, announcer in
            try await run.publish(in: session, announcer)
        }
    }
}
