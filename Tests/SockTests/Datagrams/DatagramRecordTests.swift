import Foundation
import Testing

@testable import sock

/// Recordings of datagrams, and their replays.
@Suite struct DatagramRecordTests {
    /// Datagrams of every kind: text, empty, binary, the largest.
    private static let script = """
        for piece in (b'hello\\n', b'', b'\\x1b[31m\\xff\\x00', b'a', b'b', b'', b'x' * 65507):
            s.send(piece); assert s.recv(70000) == piece
        """

    private static let pieces: [[UInt8]] = [
        Array("hello\n".utf8), [], Array("\u{1B}[31m".utf8) + [0xFF, 0], [0x61], [0x62], [],
        [UInt8](repeating: 0x78, count: 65_507),
    ]

    private func record(_ path: String) throws {
        let server = try Listening("--keep", "--echo", "--record", path, on: "udp://127.0.0.1:0")
        let client = try DatagramPrograms.client(server.port, Self.script)
        #expect(client.status == 0, "\(client.errors)")
        server.stop()
    }

    private func pieces(_ way: RecordingEvent.Way, _ path: String) throws -> [[UInt8]] {
        try Recorded(path).events().compactMap { event in
            if case .bytes(way, let bytes) = event.kind { bytes } else { nil }
        }
    }

    @Test func everyDatagramIsOneEvent() throws {
        try withFolder { folder in
            try record("\(folder)/r")
            #expect(try pieces(.received, "\(folder)/r") == Self.pieces)
            #expect(try pieces(.sent, "\(folder)/r") == Self.pieces)
            let size = Self.pieces.reduce(0) { $0 + $1.count }
            let marks = try Recorded("\(folder)/r").marks()
            // There is no half-close.
            #expect(marks.count == 2)
            #expect(
                marks.last == .closed(receivedSize: size, sentSize: size, reason: "interrupted")
            )
        }
    }

    @Test(arguments: [[], ["--in-turn"], ["--speed", "max", "--in-turn"]])
    func aReplayKeepsBytesAndBorders(_ arguments: [String]) throws {
        try withFolder { folder in
            try record("\(folder)/first")
            let server = try Listening(
                "--keep",
                "--echo",
                "--record",
                "\(folder)/second",
                on: "udp://[::1]:0"
            )
            let replay = try Program.run(
                [SockProgram.path, "replay", "\(folder)/first", server.endpoint, "--check"]
                    + arguments
            )
            #expect(replay.status == 0, "\(replay.errors)\(replay.text)")
            let moved = "7 datagrams (65522 bytes)"
            #expect(replay.text.hasPrefix("connection 1: sent \(moved), received \(moved) in "))
            #expect(replay.text.hasSuffix(", as recorded\n"))
            server.stop()
            #expect(try pieces(.received, "\(folder)/second") == Self.pieces)
        }
    }

    @Test func theOtherSideIsPlayedToWhoSends() throws {
        try withFolder { folder in
            try record("\(folder)/r")
            let replay = try SockProgram.start(
                "replay",
                "\(folder)/r",
                "--listen",
                "udp://127.0.0.1:0",
                "--check",
                "--in-turn"
            )
            let line = try #require(replay.errorLine())
            let port = String(line.split(separator: ":").last ?? "")
            let client = try DatagramPrograms.client(port, Self.script)
            #expect(client.status == 0, "\(client.errors)")
            let outcome = replay.wait()
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(outcome.text.hasSuffix(", as recorded\n"))
        }
    }

    @Test(arguments: [
        // Another byte, another border, an empty one that is not empty.
        ("[b'hellO\\n', b'']", 1, 4, "6f 0a", "4f 0a"),
        ("[b'hel', b'lo\\n']", 1, 3, "6c 6f 0a", ""),
        ("[b'hello\\n', b'!']", 2, 0, "", "21"),
    ])
    func aDifferenceOfBytesOrBordersIsSaid(
        _ answers: String,
        _ datagram: Int,
        _ offset: Int,
        _ expected: String,
        _ got: String
    ) throws {
        try withFolder { folder in
            try record("\(folder)/r")
            let server = try DatagramPrograms.server(
                """
                for answer in \(answers):
                    question, peer = s.recvfrom(70000); s.sendto(answer, peer)
                """
            )
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/r",
                "udp://127.0.0.1:\(server.port)",
                "--check",
                "--in-turn",
                "--json"
            )
            #expect(outcome.status == 1)
            let result = try jsonObject(outcome.text)
            #expect(result["outcome"] as? String == "differs", "\(outcome.text)")
            #expect(result["datagram"] as? Int == datagram)
            #expect(result["offset"] as? Int == offset)
            #expect(result["expected_hex"] as? String == expected)
            #expect(result["got_hex"] as? String == got)
            // It may wait for a question that did not come.
            server.program.send(SIGKILL)
            _ = server.program.wait()
        }
    }

    @Test func anAnswerThatDoesNotComeIsBoundedByIdle() throws {
        try withFolder { folder in
            try record("\(folder)/r")
            let server = try DatagramPrograms.server("sys.stdin.read()")
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/r",
                "udp://127.0.0.1:\(server.port)",
                "--idle",
                "0.5"
            )
            #expect(outcome.status == 2)
            #expect(
                outcome.text.hasPrefix("connection 1: sent 7 datagrams (65522 bytes), received 0 ")
            )
            server.program.endInput()
            _ = server.program.wait()
        }
    }

    @Test func manyPeersAreRecordedApartAndReplayedApart() throws {
        try withFolder { folder in
            let server = try Listening(
                "--keep",
                "--echo",
                "--record",
                "\(folder)/r",
                on: "udp://127.0.0.1:0"
            )
            let script = """
                peers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
                for turn in range(3):
                    for number, peer in enumerate(peers):
                        peer.connect(s.getpeername()); peer.settimeout(30)
                        peer.send(b'%d.%d' % (number, turn))
                    for number, peer in enumerate(peers):
                        assert peer.recv(100) == b'%d.%d' % (number, turn)
                """
            let client = try DatagramPrograms.client(server.port, script)
            #expect(client.status == 0, "\(client.errors)")
            server.stop()
            let recorded = try Recorded("\(folder)/r")
            #expect(recorded.count == 20)
            for index in 0..<20 {
                let number = String(decoding: try recorded.bytes(.sent, index), as: UTF8.self)
                    .prefix { $0 != "." }
                #expect(
                    try recorded.bytes(.received, index)
                        == Data((0..<3).map { "\(number).\($0)" }.joined().utf8)
                )
            }
            let again = try Listening("--keep", "--echo", on: "udp://127.0.0.1:0")
            let replay = try SockProgram.run("replay", "\(folder)/r", again.endpoint, "--check")
            #expect(replay.status == 0, "\(replay.text)")
            #expect(replay.text.split(separator: "\n").count == 20)
            again.stop()
        }
    }
}
