import ChatCore
import ChatServer
import Sockets
import Testing

@Suite struct ConversationTests {
    @Test func twoMembersTalk() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let bob = try await Person.entering(addresses[0], as: "bob")
            #expect(try await ada.line() == "* bob joined #lobby (2 here)")
            try await bob.type("hello")
            #expect(try await ada.line() == "[#lobby] bob: hello")
            try await ada.type("/msg bob psst")
            #expect(try await bob.line() == "-ada- psst")
        }
    }

    @Test func byeLeavesAfterEverythingWasSaid() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let bob = try await Person.entering(addresses[0], as: "bob")
            try await bob.connection.send("one\ntwo\nbye\nnot said\n")
            #expect(try await bob.rest() == ["* bye, bob"])
            let lines = try await ada.lines(until: "* bob left")
            #expect(
                lines == [
                    "* bob joined #lobby (2 here)", "[#lobby] bob: one", "[#lobby] bob: two",
                    "* bob left #lobby (1 here)",
                ])
        }
    }

    @Test func theEndOfTheInputLeavesAndWhatWasAddressedToTheMemberStillComes() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            // As `printf | nc -N` does, without a newline at the end.
            let bob = try await Person.arriving(at: addresses[0])
            try await bob.connection.send("bob\n/who\nlast words")
            try await bob.connection.finish()
            let lines = try await bob.rest()
            #expect(lines.suffix(2) == ["* 2 in #lobby: ada, bob", "* bye, bob"])
            #expect(try await ada.lines(until: "* bob left").suffix(2).first
                == "[#lobby] bob: last words")
        }
    }

    @Test func aResetIsAConnectionLost() async throws {
        try await withChat { server, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let bob = try await Person.entering(addresses[0], as: "bob")
            bob.connection.reset()
            #expect(
                try await ada.lines(until: "* bob left").last
                    == "* bob left #lobby: connection lost (1 here)")
            #expect(server.statistics().memberCount == 1)
        }
    }

    @Test func historyIsShownToThoseWhoComeLater() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            for number in 1...60 { try await ada.type("line \(number)") }
            try await ada.type("/who")
            _ = try await ada.lines(until: "* 1 in")
            let bob = try await Person.entering(addresses[0], as: "bob")
            let lines = try await bob.lines(until: "~ [#lobby] ada: line 60")
            #expect(lines == (11...60).map { "~ [#lobby] ada: line \($0)" })
        }
    }

    @Test func aTakenNameIsRefusedAndAnotherWillDo() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let other = try await Person.arriving(at: addresses[0])
            try await other.type("Ada")
            #expect(try await other.line() == "* Ada is taken; Ada_ is free. What is your name?")
            try await other.type("bob")
            #expect(try await ada.line() == "* bob joined #lobby (2 here)")
        }
    }

    @Test func listenersShareTheRooms() async throws {
        try await withChat(on: ["127.0.0.1:0", "unix:*", "[::1]:0"]) { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let bob = try await Person.entering(addresses[1], as: "bob")
            let eve = try await Person.entering(addresses[2], as: "eve")
            try await bob.type("hello from the same machine")
            for other in [ada, eve] {
                #expect(
                    try await other.lines(until: "[").last
                        == "[#lobby] bob: hello from the same machine")
            }
        }
    }

    @Test func whoGivesNoNameIsLetGo() async throws {
        var limits = ChatServer.Limits()
        limits.nameTimeLimit = .seconds(1)
        try await withChat(limits: limits) { _, addresses in
            let named = try await Person.arriving(at: addresses[0])
            let silent = try await Person.arriving(at: addresses[0])
            try await named.type("ada")
            #expect(try await silent.rest() == ["* you were silent too long; goodbye"])
            try await named.type("/who")
            #expect(try await named.lines(until: "* 1 in").last == "* 1 in #lobby: ada")
        }
    }
}
