import Foundation
import Testing

/// `sock publish` and `sock subscribe`, to a `sock sessions`.
@Suite struct TopicTests {
    private func publish(
        _ server: SessionListening,
        _ text: String,
        _ options: String...
    ) throws -> Program.Outcome {
        let words = [SockProgram.path, "publish", server.endpoint, "topic"] + options
        return try Program.run(words, input: .text(text))
    }

    private func subscribe(
        _ server: SessionListening,
        _ options: String...
    ) throws -> Program.Outcome {
        try Program.run([SockProgram.path, "subscribe", server.endpoint, "topic"] + options)
    }

    @Test func everyLineIsAnEntryAndEveryEntryALine() throws {
        let server = try SessionListening("sessions")
        let reader = try SockProgram.start(
            "subscribe",
            server.endpoint,
            "topic",
            "--count",
            "3",
            "-v"
        )
        // From now on: it must be there before anything is published.
        while let line = reader.errorLine(), !line.contains("1 subscriber") {}
        #expect(try publish(server, "one\n\nno newline, zwei ü").status == 0)
        let outcome = reader.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text == "one\n\nno newline, zwei ü\n")
        server.stop()
    }

    @Test func aSubscriptionBeginsWhereItIsTold() throws {
        let server = try SessionListening("sessions")
        #expect(try publish(server, "a\nb\nc\nd\n").status == 0)
        #expect(try subscribe(server, "--last", "2", "--count", "2").text == "c\nd\n")
        #expect(try subscribe(server, "--from", "1", "--count", "3").text == "b\nc\nd\n")
        let json = try subscribe(server, "--from", "2", "--count", "1", "--json").text
        let entry = try jsonObject(json)
        #expect(entry["text"] as? String == "c")
        #expect(entry["offset"] as? Int == 2)
        let epoch = try #require(entry["epoch"] as? String)
        let again = try subscribe(server, "--from", "\(epoch):3", "--count", "1")
        #expect(again.text == "d\n")
        #expect(again.errors.isEmpty, "\(again.errors)")
        server.stop()
    }

    @Test func aPlaceOfAnotherEpochIsSaidToBeGone() throws {
        let server = try SessionListening("sessions")
        #expect(try publish(server, "a\n").status == 0)
        let read = try subscribe(server, "--from", "1:7", "--count", "1")
        #expect(read.text == "a\n")
        #expect(read.errors.contains("has begun anew"), "\(read.errors)")
        server.stop()
    }

    @Test func theRetainedEntryComesFirstAndOnce() throws {
        let server = try SessionListening("sessions")
        let published = try SockProgram.run(
            "publish",
            server.endpoint,
            "topic",
            "state",
            "--retain"
        )
        #expect(published.status == 0)
        #expect(try subscribe(server, "--count", "1").text == "state\n")
        // Who asks for entries gets each of them once.
        #expect(try publish(server, "next\n").status == 0)
        #expect(try subscribe(server, "--last", "2", "--count", "2").text == "state\nnext\n")
        server.stop()
    }

    /// What is not kept any more is told, on the standard error, and in its place as JSON.
    @Test func entriesThatAreGoneAreAGap() throws {
        let server = try SessionListening("sessions")
        // Of entries of this size some 110 fit into the 16 MiB that are kept of a topic.
        let line = String(repeating: "x", count: 150_000)
        let text = (0..<120).map { "\($0) \(line)\n" }.joined()
        #expect(try publish(server, text).status == 0)
        let read = try subscribe(server, "--from", "3", "--count", "1")
        let first = try #require(read.text.split(separator: " ").first.flatMap { Int($0) })
        #expect((8...14).contains(first), "\(first)")
        #expect(read.text == "\(first) \(line)\n")
        let words = "entries 3 to \(first - 1) are not kept any more"
        #expect(read.errors.contains(words), "\(read.errors)")
        let json = try subscribe(server, "--from", "3", "--count", "1", "--json").text
        let lines = json.split(separator: "\n").map(String.init)
        let gap = try jsonObject(lines.first)
        #expect(gap["event"] as? String == "gap")
        #expect(gap["first"] as? Int == 3)
        #expect(gap["end"] as? Int == first)
        #expect(try jsonObject(lines.last)["offset"] as? Int == first)
        server.stop()
    }

    /// A line that is too long is told by its number, and does not end the others.
    @Test func linesThatAreTooLongAreLeftOutAndTold() throws {
        let server = try SessionListening("sessions")
        let long = String(repeating: "x", count: 300_000)
        // This one is as long as a line may be, and too long with the topic's name in one message.
        let edge = String(repeating: "y", count: 196_608)
        let sent = try publish(server, "one\n\(long)\ntwo\n\(edge)\n\(long)\nthree")
        #expect(sent.status == 1)
        for number in [2, 4, 5] {
            let words = "sock: topic: line \(number) is not published: "
            #expect(sent.errors.contains(words), "\(sent.errors)")
        }
        #expect(
            sent.errors.contains("3 of 6 entries are not known to be published"),
            "\(sent.errors)"
        )
        #expect(try subscribe(server, "--last", "9", "--count", "3").text == "one\ntwo\nthree\n")
        server.stop()
    }

    /// Names are bytes (MQTT 3.1.1 §4.7.3 says so too): composed and decomposed they are two.
    @Test func topicsThatLookAlikeAreTwo() throws {
        let server = try SessionListening("sessions")
        for (topic, text) in [("caf\u{E9}", "composed"), ("cafe\u{301}", "decomposed")] {
            let sent = try SockProgram.run("publish", server.endpoint, topic, text)
            #expect(sent.status == 0, "\(sent.errors)")
        }
        for (topic, text) in [("caf\u{E9}", "composed"), ("cafe\u{301}", "decomposed")] {
            let read = try SockProgram.run(
                "subscribe",
                server.endpoint,
                topic,
                "--last",
                "9",
                "--timeout",
                "1"
            )
            #expect(read.text == "\(text)\n", "\(topic)")
        }
        server.stop()
    }

    @Test func aLostLineLosesNothingAndDoublesNothing() throws {
        try withFolder { folder in
            let server = try SessionListening("sessions", "--ledger", folder)
            let (there, back) = (
                try BadLine(to: server.port, cut: 4_000), try BadLine(to: server.port, cut: 300)
            )
            let text = (0..<400).map { "entry \($0)\n" }.joined()
            let words = ["--last", "0", "--count", "400", "--ledger", folder]
            let reader = try Program(
                [SockProgram.path, "subscribe", back.endpoint, "topic", "-v"] + words
            )
            while let line = reader.errorLine(), !line.contains("1 subscriber") {}
            let published = try Program.run(
                [SockProgram.path, "publish", there.endpoint, "topic", "--ledger", folder],
                input: .text(text)
            )
            #expect(published.status == 0, "\(published.errors)")
            #expect(published.errors.contains("the session goes on"), "\(published.errors)")
            let read = reader.wait()
            #expect(read.status == 0, "\(read.errors)")
            #expect(read.text == text)
            there.stop()
            back.stop()
            server.stop()
            try Ledgers.expectBalance(folder, count: 2)
        }
    }

    @Test func aRestartedServerIsFoundAgain() throws {
        let server = try SessionListening("sessions")
        #expect(try publish(server, "before\n").status == 0)
        let reader = try SockProgram.start(
            "subscribe",
            server.endpoint,
            "topic",
            "--last",
            "1",
            "--count",
            "2"
        )
        #expect(reader.outputLine() == "before")
        server.kill()
        let second = try SessionListening("sessions", on: server.address)
        #expect(try publish(second, "after\n").status == 0)
        #expect(reader.outputLine() == "after")
        let outcome = reader.wait()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("connecting again"), "\(outcome.errors)")
        #expect(outcome.errors.contains("has begun anew"), "\(outcome.errors)")
        second.stop()
    }

    /// A line that a server may have published before it was lost is neither sent again nor passed over.
    @Test func aLineOnItsWayToAKilledServerIsToldToBeUnknown() throws {
        let server = try SessionListening("sessions")
        let publisher = try SockProgram.start(
            "publish",
            server.endpoint,
            "topic",
            "-v",
            input: .open
        )
        publisher.type("first\n")
        while let line = publisher.errorLine(), !line.contains("entry 0") {}
        server.program.send(SIGSTOP)
        #expect(comes { server.program.state == "T" })
        publisher.type("lost\n")
        #expect(comes { server.hasUnreadBytes })
        server.kill()
        let second = try SessionListening("sessions", on: server.address)
        publisher.type("after\n")
        publisher.endInput()
        let outcome = publisher.wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("line 2 may be published or not"), "\(outcome.errors)")
        #expect(outcome.errors.contains("1 of 3 entries"), "\(outcome.errors)")
        #expect(try subscribe(second, "--from", "0", "--count", "1").text == "after\n")
        second.stop()
    }

    @Test func aServerWithoutTopicsIsStatus1() throws {
        try withFolder { folder in
            let server = try SessionListening("receive", "--into", folder)
            for command in ["subscribe", "publish"] {
                let outcome = try SockProgram.run(command, server.endpoint, "topic")
                // Without a line, nothing is published.
                #expect(outcome.status == (command == "subscribe" ? 1 : 0))
            }
            let outcome = try SockProgram.run("publish", server.endpoint, "topic", "x")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("line 1 is not published"), "\(outcome.errors)")
            server.stop()
        }
    }

    @Test func twoPlacesToBeginAreRefused() throws {
        let outcome = try SockProgram.run(
            "subscribe",
            "127.0.0.1:1",
            "topic",
            "--from",
            "1",
            "--last",
            "2"
        )
        #expect(outcome.status == 64)
        #expect(try SockProgram.run("subscribe", "127.0.0.1:1", "").status == 64)
        #expect(try SockProgram.run("subscribe", "127.0.0.1:1", "t", "--from", "a").status == 64)
    }
}

extension SessionListening {
    /// Whether anything waits in its sockets that it has not read: ss(8).
    fileprivate var hasUnreadBytes: Bool {
        let words = ["ss", "-Htn", "state", "established", "sport", "=", ":\(port)"]
        let lines = (try? Program.run(words))?.text.split(separator: "\n") ?? []
        return lines.contains { $0.split(separator: " ").first.map { $0 != "0" } ?? false }
    }
}

extension Program {
    /// Its state in proc_pid_stat(5): `T` is stopped.
    fileprivate var state: Substring? {
        let path = "/proc/\(processIdentifier)/stat"
        guard let stat = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return stat.split(separator: ")").last?.split(separator: " ").first
    }
}
