import Foundation
import Testing

/// Where `sock chat` takes its addresses from: flag, environment, file, default; and what it says
/// when they are wrong.
@Suite struct ChatConfigurationTests {
    @Test func listenersComeFromFlags() throws {
        let chat = try ServedChat(
            ["--listen", "127.0.0.1:0", "--listen", "unix:*"],
            listenerCount: 2
        )
        #expect(chat.endpoints[1].hasPrefix("unix:@"))
        let ada = try Program.run(
            [SockProgram.path, "chat", "join", chat.endpoints[1], "--nick", "ada"])
        #expect(ada.text.hasSuffix("* bye, ada\n"))
        chat.stop()
    }

    @Test func theEnvironmentSpeaksWhereNoFlagDoes() throws {
        let chat = try ServedChat(
            [],
            listenerCount: 2,
            environment: ["SOCK_CHAT_LISTEN=127.0.0.1:0,127.0.0.2:0"]
        )
        #expect(chat.endpoints[1].hasPrefix("tcp://127.0.0.2:"))
        let ada = try Program.run([
            "SOCK_CHAT_SERVER=\(chat.endpoint)", "SOCK_CHAT_NICK=ada", "SOCK_CHAT_ROOM=kitchen",
            SockProgram.path, "chat", "join",
        ])
        #expect(ada.text.contains("* you are ada in #kitchen (1 here)"))
        chat.stop()
    }

    @Test func theFileSpeaksLast() throws {
        try withFolder { folder in
            let file = folder + "/sock.json"
            let settings = #"{"chat": {"listen": ["127.0.0.2:0"], "nick": "ada"}}"#
            try settings.write(toFile: file, atomically: true, encoding: .utf8)
            let chat = try ServedChat(["--config", file])
            #expect(chat.endpoint.hasPrefix("tcp://127.0.0.2:"))
            let ada = try Program.run(
                ["SOCK_CONFIG=\(file)", SockProgram.path, "chat", "join", chat.endpoint])
            #expect(ada.text.hasSuffix("* bye, ada\n"))
            let bob = try Program.run([
                "SOCK_CONFIG=\(file)", "SOCK_CHAT_NICK=bob", SockProgram.path, "chat", "join",
                chat.endpoint,
            ])
            #expect(bob.text.hasSuffix("* bye, bob\n"))
            chat.stop()
        }
    }

    @Test func aPortInUseIsOneClearLine() throws {
        let chat = try ServedChat()
        let other = try SockProgram.run("chat", "serve", "--listen", "127.0.0.1:\(chat.port)")
        #expect(other.status == 1)
        #expect(
            other.errors
                == "sock: bind tcp 127.0.0.1:\(chat.port): address already in use (EADDRINUSE)\n"
        )
        chat.stop()
    }

    @Test(arguments: [
        (["serve", "--listen", "127.0.0.1:99999"], "port 99999 is over 65535"),
        (["serve", "--listen", "udp://127.0.0.1:1"], "is no plain stream"),
        (["serve", "--config", "/nowhere.json"], "/nowhere.json cannot be read"),
        (["join", "localhost"], "a port is missing"),
        (["join", "--nick", "a\nb"], "the name has a line end in it"),
        (["join", "--retry=-1"], "--retry is a number from 0 on"),
    ]) func wrongUsageSaysWhatAndEndsWith64(_ arguments: [String], _ words: String) throws {
        let outcome = try Program.run([SockProgram.path, "chat"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words))
        #expect(outcome.text == "")
    }

    @Test func aValueOfTheWrongKindIsNamed() throws {
        try withFolder { folder in
            let file = folder + "/sock.json"
            try #"{"chat": {"listen": 5}}"#.write(toFile: file, atomically: true, encoding: .utf8)
            let outcome = try SockProgram.run("chat", "serve", "--config", file)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("chat.listen"))
        }
    }

    @Test func retriesAreTold() throws {
        let port = try unusedPort()
        let outcome = try SockProgram.run("chat", "join", "127.0.0.1:\(port)", "--retry", "1")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("connection refused (ECONNREFUSED); retry 1 of 1 in ")
                || outcome.errors.contains("attempt 1 of 1 in ")
        )
    }
}
