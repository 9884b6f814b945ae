import ChatCore
import Testing

@Suite struct TextSessionTests {
    @Test func aPersonSaysANameThenLinesThenBye() throws {
        var desk = Desk()
        #expect(desk.greet(1) == "* welcome to the chat. What is your name?\n")
        #expect(
            desk.type(1, "ada\r") == """
                * welcome, ada: /help lists the commands, bye leaves
                * you are ada in #lobby (1 here)

                """
        )
        _ = desk.greet(2)
        _ = desk.type(2, " bob ")
        #expect(desk.read(1) == "* bob joined #lobby (2 here)\n")
        #expect(desk.type(2, "hello") == "")
        #expect(desk.read(1) == "[#lobby] bob: hello\n")
        #expect(desk.type(1, "/msg Bob psst  there") == "")
        #expect(desk.read(2) == "-ada- psst  there\n")
        #expect(desk.type(1, "bye") == "* bye, ada\n")
        #expect(desk.closed == [1])
        #expect(desk.read(2) == "* ada left #lobby (1 here)\n")
        #expect(desk.type(1, "hello?") == "")
    }

    @Test func aWrongNameIsAskedAgainUntilTheAttemptsAreUsedUp() throws {
        var limits = ChatLimits()
        limits.nameAttemptLimit = 4
        var desk = Desk(limits: limits)
        _ = desk.greet(1)
        _ = desk.type(1, "ada")
        _ = desk.greet(2)
        #expect(desk.type(2, "") == "")
        #expect(
            desk.type(2, "1x") == "* a name may not start with \"1\". What is your name?\n"
        )
        #expect(desk.type(2, "ADA") == "* ADA is taken; ADA_ is free. What is your name?\n")
        #expect(
            desk.type(2, "/nick bob") == "* you have no name here yet. What is your name?\n"
        )
        #expect(desk.closed.isEmpty)
        #expect(desk.type(2, "ada") == "* ada is taken; ada_ is free; too many attempts, goodbye\n")
        #expect(desk.closed == [2])
        #expect(desk.chat.memberCount == 1)
    }

    @Test func oneMayLeaveWithoutAName() throws {
        var desk = Desk()
        _ = desk.greet(1)
        #expect(desk.type(1, "bye") == "* bye\n")
        _ = desk.greet(2)
        #expect(desk.end(2) == "")
        #expect(desk.closed == [1, 2])
    }

    @Test func roomsAreEnteredSwitchedAndLeft() throws {
        var desk = Desk()
        _ = desk.greet(1)
        _ = desk.type(1, "ada")
        #expect(desk.type(1, "/join dev") == "* you are ada in #dev (1 here)\n")
        #expect(desk.sessions[1]?.currentRoom?.text == "#dev")
        #expect(desk.type(1, "/join #LOBBY") == "* what you say goes to #lobby\n")
        #expect(desk.type(1, "/who dev") == "* 1 in #dev: ada\n")
        #expect(desk.type(1, "/leave") == "* you left #lobby; what you say goes to #dev\n")
        #expect(
            desk.type(1, "/leave")
                == "* you left #dev; you are in no room; /join ROOM enters one\n"
        )
        #expect(desk.type(1, "hi") == "* you are in no room; /join ROOM enters one\n")
        #expect(desk.type(1, "/who") == "* you are in no room; /join ROOM enters one\n")
        #expect(desk.type(1, "/leave dev") == "* you are not in #dev; /join #dev first\n")
    }

    @Test func mistakesAreToldAndNothingElseHappens() throws {
        var desk = Desk()
        _ = desk.greet(1)
        _ = desk.type(1, "ada")
        #expect(
            desk.type(1, "/slap bob")
                == "* there is no command /slap; see /help, or type // to say it\n"
        )
        #expect(
            desk.type(1, "/" + String(repeating: "x", count: 33))
                == "* there is no command that; see /help, or type // to say it\n"
        )
        #expect(
            desk.type(1, "/\u{1B}c")
                == "* there is no command /\\x1bc; see /help, or type // to say it\n"
        )
        #expect(desk.type(1, "/nick") == "* it is written /nick NAME; see /help\n")
        #expect(desk.type(1, "/nick 1") == "* a name may not start with \"1\"\n")
        #expect(desk.type(1, "/msg nobody hi") == "* there is nobody called nobody\n")
        #expect(desk.type(1, "/join #") == "* a name has at least one character\n")
        #expect(desk.type(1, "a\rb") == "* not sent: byte 1 of it would break the line\n")
        #expect(desk.type(1, "/help").hasPrefix("* a line you type goes to"))
        #expect(desk.type(1, "/help").contains("/msg NAME TEXT"))
        #expect(desk.closed.isEmpty)
    }

    @Test func bytesThatAreNoTextAreToldAndDisconnected() throws {
        for (line, words) in [
            ([0x68, 0xFF], "byte 1 of your line is 0xff, which is not UTF-8"),
            ([0x68, 0x00], "byte 1 of your line is NUL"),
            ([UInt8](repeating: 0x78, count: 2_049), "your line is longer than 2,048 bytes"),
        ] as [([UInt8], String)] {
            var desk = Desk()
            _ = desk.greet(1)
            #expect(desk.type(1, bytes: line) == "* \(words); goodbye\n")
            #expect(desk.closed == [1])
            _ = desk.greet(2)
            _ = desk.type(2, "bob")
            _ = desk.greet(3)
            _ = desk.type(3, "eve")
            _ = desk.read(2)
            #expect(desk.type(3, bytes: line) == "* \(words); goodbye\n")
            #expect(desk.read(2) == "* eve left #lobby: sent what is not text (1 here)\n")
            #expect(desk.closed == [1, 3])
        }
    }

    @Test func theEndOfInputSaysGoodbye() throws {
        var desk = Desk()
        _ = desk.greet(1)
        _ = desk.type(1, "ada")
        #expect(desk.end(1) == "* bye, ada\n")
        #expect(desk.chat.memberCount == 0)
    }

    @Test func aFullChatClosesTheDoor() throws {
        var limits = ChatLimits()
        limits.memberLimit = 1
        var desk = Desk(limits: limits)
        _ = desk.greet(1)
        _ = desk.type(1, "ada")
        _ = desk.greet(2)
        #expect(
            desk.type(2, "bob") == "* the chat is full (1 members); try again later\n"
        )
        #expect(desk.closed == [2])
    }

    @Test func theServersReasonsAreTold() throws {
        for (departure, words) in [
            (Departure.idle, "you were silent too long; goodbye"),
            (.readTooSlowly, "you read too slowly; goodbye"),
            (.serverStopping, "the chat stops; goodbye"),
        ] {
            var desk = Desk()
            _ = desk.greet(1)
            _ = desk.type(1, "ada")
            desk.perform([.command(.quit(departure))], for: 1)
            #expect(desk.read(1) == "* \(words)\n")
            #expect(desk.closed == [1])
        }
    }
}
