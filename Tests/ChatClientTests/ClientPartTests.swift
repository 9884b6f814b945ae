import Testing

@testable import ChatClient

@Suite struct ClientPartTests {
    @Test func aServersLineCannotSteerTheTerminal() {
        let line = ServerLine(Array("\u{1B}[2Jred\u{7}\ttab".utf8) + [0xFF, 0x9B])
        #expect(line.text == "\\x1b[2Jred\\x07\ttab\u{FFFD}\u{FFFD}")
    }

    @Test func coloursFollowTheSpeaker() {
        #expect(ServerLine(Array("* bob joined".utf8)).coloured == "\u{1B}[2m* bob joined\u{1B}[m")
        #expect(ServerLine(Array("-bob- psst".utf8)).coloured == "\u{1B}[1m-bob- psst\u{1B}[m")
        #expect(ServerLine(Array("[#lobby] bob: hi".utf8)).coloured == "[#lobby] bob: hi")
    }

    @Test func nameAndRoomAreSentWhenTheServerIsReadyForThem() {
        var entrance = Entrance(nick: "ada", room: "kitchen")
        #expect(entrance.see("* welcome to the chat. What is your name?") == "ada\n")
        #expect(entrance.state == .waiting)
        #expect(entrance.see("[#lobby] eve: * welcome, ada. What is your name?") == "")
        #expect(entrance.see("* welcome, ada: /help lists the commands") == "/join kitchen\n")
        #expect(entrance.state == .admitted)
        #expect(entrance.see("* welcome, ada: said again") == "")
        #expect(entrance.see("* What is your name?") == "")
    }

    @Test func aNameThatIsTakenIsARefusal() {
        var entrance = Entrance(nick: "ada", room: nil)
        _ = entrance.see("* welcome to the chat. What is your name?")
        #expect(entrance.see("* ada is taken; ada_ is free. What is your name?") == "")
        #expect(entrance.state == .refused)
    }

    @Test func whoSaidNoNameIsAskedForOneUntilItIsTaken() {
        var entrance = Entrance(nick: nil, room: "kitchen")
        for line in ["* welcome to the chat. What is your name?", "* 1 is bad. What is your name?"]
        {
            #expect(entrance.see(line) == "")
            #expect(entrance.state == .asked)
            entrance.answer()
            #expect(entrance.state == .waiting)
        }
        #expect(entrance.see("* welcome, bob: /help lists the commands") == "/join kitchen\n")
    }

    @Test(arguments: [
        ("bye\n", true), (" BYE \r\n", true), ("/quit see you\n", true), ("hello\nbye\n", true),
        ("bye", false), ("bye bye\n", false), ("goodbye\n", false), ("/quitter\n", false),
        ("bye\nhello\n", true),
    ]) func aFarewellIsNoticed(_ text: String, _ isFarewell: Bool) {
        var farewell = Farewell()
        for byte in text.utf8 { farewell.see([byte]) }
        #expect(farewell.isSaid == isFarewell)
        #expect(farewell.isAtLineStart == (text.utf8.last == 0x0A))
    }

    @Test func retriesWaitARandomPartOfADoublingBound() {
        var generator = SystemRandomNumberGenerator()
        var longest = [Duration](repeating: .zero, count: 8)
        for _ in 0..<200 {
            var delays = RetryDelays()
            for attempt in longest.indices {
                longest[attempt] = max(longest[attempt], delays.next(using: &generator))
            }
        }
        let bounds = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]
        for (delay, bound) in zip(longest, bounds) {
            #expect(delay <= .milliseconds(bound))
            // 200 draws all in the lower half: less likely than a failure of the machine.
            #expect(delay > .milliseconds(bound / 2))
        }
    }
}
