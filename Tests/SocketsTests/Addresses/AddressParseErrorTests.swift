import Sockets
import Testing

@Suite struct AddressParseErrorTests {
    private func failure(_ text: String) throws -> AddressParseError {
        try #require(throws: AddressParseError.self) { try Endpoint(text) }
    }

    @Test func theMarkIsUnderTheMistake() throws {
        let error = try failure("tcp://localhost:99999")
        #expect(
            error.description == """
                invalid endpoint: port 99999 is over 65535
                  tcp://localhost:99999
                                  ^~~~~
                """
        )
        #expect(
            error.message
                == "invalid endpoint 'tcp://localhost:99999': port 99999 is over 65535, at character 17"
        )
        #expect(error.input == "tcp://localhost:99999")
        #expect(error.offset == 16)
        #expect(error.length == 5)
        #expect("\(error)" == error.description)
    }

    @Test func whatIsMissingIsMarkedWhereItShouldBe() throws {
        #expect(
            try failure("localhost").description == """
                invalid endpoint: a port is missing here: tcp has no default
                  localhost
                           ^
                """
        )
        #expect(
            try failure("").description
                == "invalid endpoint: it is empty: write host:port, as in localhost:12345\n  \n  ^"
        )
    }

    @Test func bytesThatDoNotPrintAreEscapedAndTheMarkKeepsItsPlace() throws {
        let error = try failure("a\u{1B}[2Jé:80")
        #expect(
            error.description == """
                invalid endpoint: a control character (\\x1B) is not allowed in a host name
                  a\\x1B[2J\\xC3\\xA9:80
                   ^~~~
                """
        )
        let later = try failure("unix:/\u{202E}é/\n")
        #expect(
            later.description == """
                invalid endpoint: a control character (\\x0A) is not taken as it is: write it \\x0A
                  unix:/\\xE2\\x80\\xAE\\xC3\\xA9/\\x0A
                                             ^~~~
                """
        )
        #expect(later.message.hasSuffix("at character 10"))
    }

    @Test func aLongInputIsShownAroundTheMistake() throws {
        let path = String(repeating: "a", count: 100)
        let error = try failure("ws://h/\(path)#\(path)")
        let shown = String(repeating: "a", count: 36)
        let after = String(repeating: "a", count: 35)
        #expect(
            error.description == """
                invalid endpoint: '#' is not allowed in a path: percent-encode it
                  ...\(shown)#\(after)...
                     \(String(repeating: " ", count: 36))^
                """
        )
        #expect(error.input.utf8.count == 208)
    }

    @Test func aVeryLongInputIsRefusedUnreadAndNotKept() throws {
        let error = try failure(String(repeating: "\u{1B}", count: 3_000_000))
        #expect(error.reason == "it is 3000000 bytes long, over the limit of 8192")
        #expect(error.input.utf8.count == 8192)
        #expect(error.offset == 8192)
        #expect(error.description.utf8.count < 500)
        #expect(error.message.utf8.count < 500)
    }

    @Test func aLongWordInAReasonIsCut() throws {
        let error = try failure("\(String(repeating: "z\n", count: 4000))://h:1")
        #expect(error.reason.utf8.count < 200)
        #expect(!error.description.dropFirst(60).contains("z\n"))
        let port = try failure("h:\(String(repeating: "9", count: 8000))")
        #expect(port.reason == "port 9999999999999999... is over 65535")
        #expect(port.length == 8000)
        #expect(port.description.utf8.count < 250)
    }

    @Test func theLimitItselfIsRead() throws {
        let text = "ws://h/" + String(repeating: "a", count: 8192 - 7)
        #expect(try Endpoint(text).path.utf8.count == 8186)
        #expect(try failure(text + "a").offset == 8192)
    }
}
