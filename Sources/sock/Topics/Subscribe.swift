import ArgumentParser
import Sessions
import Sockets

/// `sock subscribe`: what is published in a topic, one entry a line.
struct Subscribe: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what is published in a topic, one entry a line.",
        discussion: """
            Until ^C, --count or --timeout. First the retained entry, if there is one; with --from and \
            --last the entries from there on instead. When the connection is lost another is made, and \
            nothing is lost or printed twice; also when the server is restarted, as far as it keeps the \
            topic. Entries that are not kept any more are told on the standard error.

            With --json each entry is an object on the standard output, with its epoch and offset, and a \
            gap is one in its place. --from EPOCH:OFFSET goes on from there, and says so if the offsets \
            have begun anew since.
            """
    )

    @Argument(help: SessionHelp.endpoint)
    var endpoint: String

    @Argument(help: "The topic.")
    var topic: String

    @Option(
        help: ArgumentHelp(
            "Begin at this offset; or epoch and offset, 4711:7.",
            valueName: "offset"
        )
    )
    var from: TopicPlace?

    @Option(help: ArgumentHelp("Begin with the last so many entries.", valueName: "count"))
    var last: Int?

    @Option(help: "End after so many entries.")
    var count: Int?

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup var options: SessionOptions

    func validate() throws {
        if from != nil, last != nil {
            throw ValidationError("--from and --last are two places to begin")
        }
        if let last, last < 0 { throw ValidationError("--last takes a number from 0 on") }
        if let count, count < 1 { throw ValidationError("--count takes a number from 1 on") }
        try TopicName.check(topic)
    }

    func run() async throws {
        let output = PieceOutput(isJSON: options.json)
        let run = SubscribeRun(topic, from: from, last: last, count: count, output)
        try await options.run(to: endpoint, tls, renews: true) { session, announcer in
            try await run.read(in: session, announcer)
        }
    }
}

/// Names of topics.
enum TopicName {
    /// - Throws: A usage error for a name that the wire has no room for (docs/session-protocol.md §9).
    static func check(_ name: String) throws {
        guard (1...255).contains(name.utf8.count) else {
            throw ValidationError("the name of a topic has 1 to 255 bytes")
        }
    }
}

/// What several commands say of their arguments.
enum SessionHelp {
    static let endpoint: ArgumentHelp =
        "Where to: host:port, tls://host:port, ws://host/path, wss://host/path or unix:/path."
}
