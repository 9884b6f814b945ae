import ArgumentParser
import Files
import Sessions
import Sockets

/// `sock receive`: files that others send, into a folder.
struct Receive: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive files and folders from sock send.",
        usage: "sock receive [<options>]",
        discussion: """
            Anybody who can connect may send: listen where only those can whom you trust, or use tls with \
            --client-ca. Nothing is written outside of the folder. A file is there under its name when all of \
            it is, and its SHA-256 is right; what has come of it so far is kept, and the sender goes on from \
            there, also after this command was stopped or killed. A file of the same name is replaced, and \
            keeps its permissions; a folder, link, pipe or device of that name stays, and the file is refused.

            Names of which a part begins with a dot (.bashrc, .ssh/authorized_keys) are refused, and names with \
            control characters, marks of direction or invisible ones.

            What has come is told on the standard error. With --once it ends with status 0 when a sender is \
            done, also if it had nothing new or was refused everything; one that was interrupted is waited \
            for. It ends on ^C and SIGTERM too. Port 0 lets the kernel choose; the line \
            "listening on tcp://127.0.0.1:PORT" on the standard error says which, and "files go into FOLDER" \
            where they go.

            Flags may be settings: --listen is also SOCK_RECEIVE_LISTEN, or "listen" of "receive" in the \
            file; so are --into, --size-limit, --hidden, --unprintable, --origin, --ledger and the TLS options (--tls-cert is \
            "tlsCert").
            """
    )

    @Option(
        help: ArgumentHelp(
            "Into this folder, which is made if need be; by default the current one.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var into: BytePath?

    @Flag(help: "End when a sender is done.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "The largest file that is taken: 4GB; by default 1Ti.",
            valueName: "size"
        )
    )
    var sizeLimit: ByteSize?

    @Flag(help: "Take names of which a part begins with a dot, too.")
    var hidden = false

    @Flag(help: "Take names with control characters, marks of direction or invisible ones, too.")
    var unprintable = false

    @OptionGroup(title: "TLS options") var tls: TLSServerOptions

    @OptionGroup var options: SessionServerOptions

    func run() async throws {
        let board = StatusWriter(isPlain: options.json)
        let invitation = { @Sendable (endpoint: Endpoint) in "sock send FILE \(endpoint)" }
        try await options.run("receive", tls, board: board, invitation: invitation) {
            [into, once, sizeLimit, hidden, unprintable] service, settings in
            let folder = try await settings.path("receive.into", flag: into) ?? "."
            let limit = try await settings.size("receive.sizeLimit", flag: sizeLimit)
            var access = FileAccess.put
            if let limit { access.sizeLimit = UInt64(limit.bytes) }
            access.allowsHiddenNames = try await settings.isSet("receive.hidden", flag: hidden)
            access.allowsUnprintableNames = try await settings.isSet(
                "receive.unprintable",
                flag: unprintable
            )
            try Folder.make(folder)
            let run = try ReceiveRun(into: folder, access, board, service)
            try await run.serve(isOnce: once)
        }
    }
}
