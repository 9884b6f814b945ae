import Sessions
import Sockets
import TLS
import TestSupport
import Testing

/// Clients/Python/switchboard.py against the server.
@Suite(.enabled(if: Programs.python, "python3 3.11 or later is missing"))
struct PythonTests {
    private static let parts =
        "logs,states,datagrams,calls,deadlines,streams,early,both_ways,topics,files"

    /// Everything a client does, over each of its transports.
    @Test(arguments: [SessionDoor.Kind.tcp, .unix, .web])
    func aPythonClientDoesEverything(_ kind: SessionDoor.Kind) async throws {
        let conversation = try Conversation()
        let output = try await withDeadline(.after(.seconds(120))) {
            try await SessionDoor.open(kind, conversation.serve) { door, endpoint in
                let isWeb = endpoint.hasPrefix("http:")
                let target = isWeb ? "ws:\(endpoint.dropFirst(5))/session" : endpoint
                return try await Peer.python(Self.parts, target).output()
            }
        }
        try conversation.check(Self.parts, clientSaid: output)
    }

    @Test func aPythonClientTrustsACertificateItIsGiven() async throws {
        let identity = try TLSIdentity.selfSigned()
        let file = String(try run("mktemp").dropLast())
        defer { _ = try? run("rm", file) }
        try run("sh", "-c", "printf %s \"$1\" > \"$0\"", file, identity.certificatePEM)
        let conversation = try Conversation()
        let kind = SessionDoor.Kind.tls(try TLSServerConfiguration(identities: [identity]))
        let output = try await withDeadline(.after(.seconds(120))) {
            try await SessionDoor.open(kind, conversation.serve) { door, endpoint in
                try await Peer.python("logs,calls", endpoint, file).output()
            }
        }
        try conversation.check("logs,calls", clientSaid: output)
    }

    /// Every message once and in order, every receipt true, over connections cut again and again.
    @Test func aPythonClientResumesWhateverIsCut() async throws {
        let cutter = Cutter()
        let conversation = try Conversation { count in
            if count % 100 == 0 { cutter.cut() }
        }
        let (output, count) = try await withDeadline(.after(.seconds(120))) {
            try await SessionDoor.open(.tcp, conversation.serve) { door, endpoint in
                cutter.door.withLock { $0 = door }
                defer { cutter.door.withLock { $0 = nil } }
                return (try await Peer.python(Self.parts, endpoint).output(), door.count)
            }
        }
        try conversation.check(Self.parts, clientSaid: output)
        #expect(count > 5)
    }

    /// The first example of Clients/README.md, as it stands there.
    @Test func theExampleForPythonRuns() async throws {
        let folder = String(try run("mktemp", "-d").dropLast())
        defer { _ = try? run("rm", "-r", folder) }
        let blocks = try Peer.text(of: "Clients/README.md").split(separator: "```")
        let example = try #require(blocks.first { $0.hasPrefix("python\n") }).dropFirst(7)
        let conversation = try Conversation()
        let output = try await withDeadline(.after(.seconds(60))) {
            try await SessionDoor.open(.tcp, conversation.serve) { door, endpoint in
                let program = example.split(separator: "tcp://127.0.0.1:7000").joined(
                    separator: endpoint
                )
                return try await Peer([
                    "sh", "-c",
                    """
                    cd "$0" && head -c 300000 /dev/urandom > holiday.jpg \
                        && PYTHONPATH="$1" python3 -u -c "$2" && cmp holiday.jpg copy.jpg && echo same
                    """, folder, "\(Peer.root)/Clients/Python", program,
                ]).output()
            }
        }
        for line in ["Receipt(delivered)", "b'3'", "b'two'", "b'one'", "Entry(", "same"] {
            #expect(output.contains(line), "\(output)")
        }
    }

    @Test func itsOwnTestsPass() async throws {
        let output = try run(
            "sh",
            "-c",
            "cd \"$0\" && SEEDS=20 python3 -m unittest -q 2>&1 | tail -n 20",
            "\(Peer.root)/Clients/Python"
        )
        #expect(output.hasSuffix("OK\n"), "\(output)")
    }
}
