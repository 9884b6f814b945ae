import Foundation
import Testing

@testable import sock

@Suite struct ReplayTests {
    private static let header = #"{"format":"sock-recording","version":1,"side":"listen"}"#

    /// A recording of one connection that a listener has written, by hand.
    private func write(_ events: [String], to path: String) throws {
        let lines = events.map { #"{"connection":1,"# + $0 + "}" }
        let opened = #"{"connection":1,"ns":0,"event":"opened"}"#
        try ([Self.header, opened] + lines).map { $0 + "\n" }.joined()
            .write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static let question = [
        #""ns":0,"event":"received","text":"hello\n""#, #""ns":1,"event":"sent","text":"HELLO\n""#,
        #""ns":2,"event":"received_end""#, #""ns":3,"event":"sent_end""#,
        #""ns":4,"event":"closed""#,
    ]

    @Test func whatNetcatSaidIsSaidAgainByteForByte() throws {
        try withFolder { folder in
            let up = try randomBytes(500_000)
            let first = try Listening("--exec", "cat", "--record", "\(folder)/first")
            let client = try first.netcat(.open)
            client.type("early\n")
            #expect(client.outputLine() == "early")
            client.type(up + Data("\n".utf8))
            client.endInput()
            _ = client.wait()
            #expect(first.program.wait().status == 0)
            let second = try Listening("--exec", "cat", "--record", "\(folder)/second")
            let replay = try SockProgram.run(
                "replay",
                "\(folder)/first",
                second.endpoint,
                "--check"
            )
            #expect(replay.status == 0, "\(replay.errors)\(replay.text)")
            #expect(replay.text.hasSuffix(", as recorded\n"))
            #expect(second.program.wait().status == 0)
            let recorded = try (Recorded("\(folder)/first"), Recorded("\(folder)/second"))
            #expect(try recorded.0.bytes(.received) == Data("early\n".utf8) + up + Data("\n".utf8))
            #expect(try recorded.1.bytes(.received) == recorded.0.bytes(.received))
            #expect(try recorded.1.bytes(.sent) == recorded.0.bytes(.sent))
        }
    }

    @Test func theOtherSideIsPlayedToWhoComes() throws {
        try withFolder { folder in
            try write(Self.question, to: "\(folder)/r")
            let replay = try SockProgram.start(
                "replay",
                "\(folder)/r",
                "--listen",
                "127.0.0.1:0",
                "--check",
                "--in-turn",
                "--json"
            )
            let line = try #require(replay.errorLine())
            let port = String(line.split(separator: ":").last?.dropLast(2) ?? "")
            let client = try Program(["nc", "-N", "127.0.0.1", port], input: .text("hello\n"))
            #expect(client.wait().text == "HELLO\n")
            let outcome = replay.wait()
            #expect(outcome.status == 0, "\(outcome.text)")
            let result = try object(outcome.text)
            #expect(result["outcome"] as? String == "as_recorded")
            #expect(result["sent_size"] as? Int == 6)
            #expect(result["received_size"] as? Int == 6)
        }
    }

    @Test(arguments: [
        // Another byte, too little, too much.
        ("printf HELlO", 3, "4c 4f 0a", "6c 4f"), ("printf HE", 2, "4c 4c 4f 0a", ""),
        ("printf 'HELLO\\n!'", 6, "", "21"),
    ])
    func theFirstDifferenceIsSaid(
        _ command: String,
        _ offset: Int,
        _ expected: String,
        _ got: String
    ) throws {
        try withFolder { folder in
            try write(Self.question, to: "\(folder)/r")
            let server = try Listening("--keep", "--exec", command)
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/r",
                server.endpoint,
                "--check",
                "--json"
            )
            #expect(outcome.status == 1)
            let result = try object(outcome.text)
            #expect(result["outcome"] as? String == "differs")
            #expect(result["offset"] as? Int == offset)
            #expect(result["expected_hex"] as? String == expected)
            #expect(result["got_hex"] as? String == got)
            let words = try SockProgram.run("replay", "\(folder)/r", server.endpoint, "--check")
                .text
            #expect(words.contains(": the answer differs at byte \(offset): expected "))
            // Who does not ask is not told.
            #expect(try SockProgram.run("replay", "\(folder)/r", server.endpoint).status == 0)
            server.program.send(SIGTERM)
            _ = server.program.wait()
        }
    }

    @Test(arguments: [("1", 400.0), ("4", 100.0), ("0.5", 800.0)])
    func piecesKeepTheirTimesAtEverySpeed(_ speed: String, _ milliseconds: Double) throws {
        try withFolder { folder in
            let events = [
                #""ns":1000,"event":"received","text":"a""#,
                #""ns":400001000,"event":"received","text":"b""#,
                #""ns":400002000,"event":"received_end""#, #""ns":400003000,"event":"sent_end""#,
                #""ns":400004000,"event":"closed""#,
            ]
            try write(events, to: "\(folder)/r")
            let server = try Listening("--echo")
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/r",
                server.endpoint,
                "--json",
                "--speed",
                speed
            )
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(server.program.wait().status == 0)
            let duration = try #require(try object(outcome.text)["duration_ns"] as? Int)
            #expect(Double(duration) / 1e6 >= milliseconds)
            // What a busy machine may take besides.
            #expect(Double(duration) / 1e6 < milliseconds + 20_000)
        }
    }

    @Test(arguments: ["max", "0"])
    func withoutPausesAnHourTakesNoTime(_ speed: String) throws {
        try withFolder { folder in
            let events = [
                #""ns":0,"event":"received","text":"a""#,
                #""ns":3600000000000,"event":"received","text":"b""#,
                #""ns":7200000000000,"event":"received_end""#,
                #""ns":7200000000000,"event":"sent_end""#,
                #""ns":9000000000000,"event":"closed""#,
            ]
            try write(events, to: "\(folder)/r")
            let server = try Listening("--echo")
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/r",
                server.endpoint,
                "--speed",
                speed
            )
            #expect(outcome.status == 0)
            #expect(outcome.text.hasPrefix("connection 1: sent 2 bytes, received 2 bytes in "))
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func manyConnectionsAreManyAgain() throws {
        try withFolder { folder in
            let first = try Listening("--keep", "--echo", "--record", "\(folder)/first")
            let clients = try (0..<5).map { try first.netcat(.text("I am \($0)\n")) }
            for client in clients { #expect(client.wait().status == 0) }
            first.program.send(SIGTERM)
            #expect(first.program.wait().status == 0)
            let second = try Listening("--keep", "--echo", "--record", "\(folder)/second")
            let outcome = try SockProgram.run(
                "replay",
                "\(folder)/first",
                second.endpoint,
                "--speed",
                "max",
                "--check"
            )
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(outcome.text.split(separator: "\n").count == 5)
            let one = try SockProgram.run(
                "replay",
                "\(folder)/first",
                second.endpoint,
                "--connection",
                "3"
            )
            #expect(one.text.hasPrefix("connection 3: sent 7 bytes"))
            second.program.send(SIGTERM)
            #expect(second.program.wait().status == 0)
            let recorded = try (Recorded("\(folder)/first"), Recorded("\(folder)/second"))
            #expect(recorded.1.count == 6)
            let said = try [recorded.0, recorded.1].map { recorded in
                Set(try (0..<5).map { try recorded.bytes(.received, $0) })
            }
            #expect(said[0] == said[1])
            #expect(recorded.1.file.openPeak <= recorded.0.file.openPeak)
        }
    }

    @Test func aCutOffRecordingIsPlayedAndSaid() throws {
        try withFolder { folder in
            try write([Self.question[0], Self.question[1]], to: "\(folder)/r")
            let server = try Listening("--exec", "printf 'HELLO\\nand more'")
            let outcome = try SockProgram.run("replay", "\(folder)/r", server.endpoint, "--check")
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(
                outcome.errors == "sock: \(folder)/r is cut off: what is there is played\n"
            )
            _ = server.program.wait()
        }
    }

    @Test func anAnswerThatEndsTooEarlyIsADifferenceAlsoWhereNoEndIsRecorded() throws {
        try withFolder { folder in
            try write(
                [Self.question[0], Self.question[1], #""ns":4,"event":"closed""#],
                to: "\(folder)/r"
            )
            let server = try Listening("--keep", "--exec", "printf HEL")
            for _ in 0..<10 {
                let outcome = try SockProgram.run(
                    "replay",
                    "\(folder)/r",
                    server.endpoint,
                    "--check"
                )
                #expect(outcome.status == 1)
                #expect(outcome.text.contains("differs at byte 3"), "\(outcome.text)")
            }
            server.program.send(SIGTERM)
            _ = server.program.wait()
        }
    }

    @Test func aPipeIsNoRecordingToReplay() throws {
        try withFolder { folder in
            #expect(try Program.run(["mkfifo", "\(folder)/pipe"]).status == 0)
            let outcome = try SockProgram.run("replay", "\(folder)/pipe", "127.0.0.1:1")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors == "sock: read the recording \(folder)/pipe: illegal seek (ESPIPE)\n"
            )
        }
    }

    @Test func aResetIsPlayed() throws {
        try withFolder { folder in
            try write(
                [
                    Self.question[0], #""ns":9,"event":"received_reset""#,
                    #""ns":9,"event":"closed""#,
                ],
                to: "\(folder)/r"
            )
            let server = try Listening("--echo", "--record", "\(folder)/again")
            let outcome = try SockProgram.run("replay", "\(folder)/r", server.endpoint, "--in-turn")
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(server.program.wait().status == 1)
            #expect(try Recorded("\(folder)/again").marks().contains(.reset(.received)))
        }
    }

    @Test func aPeerThatSaysTooLittleIsBounded() throws {
        try withFolder { folder in
            let events = [Self.question[0], #""ns":1,"event":"sent","text":"HELLO""#]
            try write(events + [#""ns":2,"event":"closed""#], to: "\(folder)/r")
            // Takes it all and says nothing.
            let server = try Listening("--keep")
            for (option, words) in [
                ("--idle", "idle for too long"), ("--timeout", "deadline passed"),
            ] {
                let outcome = try SockProgram.run(
                    "replay",
                    "\(folder)/r",
                    server.endpoint,
                    option,
                    "0.3"
                )
                #expect(outcome.status == 2)
                #expect(outcome.text.contains(words), "\(outcome.text)")
            }
            server.program.send(SIGTERM)
            _ = server.program.wait()
        }
    }

    @Test func aSignalSaysSo() throws {
        try withFolder { folder in
            let pause = #""ns":3600000000000,"event":"received","text":"b""#
            try write([Self.question[0], pause], to: "\(folder)/r")
            let server = try Listening("--echo")
            let replay = try SockProgram.start("replay", "\(folder)/r", server.endpoint)
            #expect(replay.errorLine()?.contains("is cut off") == true)
            replay.send(SIGINT)
            #expect(replay.wait().status == 130)
            server.program.send(SIGTERM)
            _ = server.program.wait()
        }
    }

    @Test func arguments() throws {
        for (arguments, words) in [
            (["r"], "sock: give either an endpoint to connect to or --listen"),
            (["r", "x:1", "--listen", ":0"], "sock: give either an endpoint"),
            (["r", "x:1", "--speed", "-1"], "sock: The value '-1' is invalid for '--speed"),
            (["r", "x:1", "--speed", "nan"], "sock: The value 'nan' is invalid for '--speed"),
            (["r", "unix-seqpacket:/x"], "sock: unix-seqpacket:/x is nothing this command"),
        ] {
            let outcome = try Program.run([SockProgram.path, "replay"] + arguments)
            #expect(outcome.status == 64)
            #expect(outcome.errors.hasPrefix(words), "\(outcome.errors)")
        }
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
}
