import Testing

@testable import ChatClient

/// The way in, line by line as a server says it.
struct EntranceTests {
    private static let question = "* welcome to the chat. What is your name?"

    @Test func whatMembersSayIsNoQuestion() {
        var entrance = Entrance(nick: "ada", room: "kitchen")
        #expect(entrance.see("[#lobby] eve: What is your name?") == "")
        #expect(entrance.see("[#lobby] eve: * welcome, ada") == "")
        #expect(entrance.see("-eve- * What is your name?") == "")
        #expect(entrance.state == .waiting)
    }

    @Test func nothingSaidBeforehandIsNothingPrepared() {
        var entrance = Entrance(nick: nil, room: nil)
        #expect(!entrance.isPrepared)
        #expect(entrance.see("* welcome, ada: hello") == "")
        #expect(entrance.state == .admitted)
    }
}
