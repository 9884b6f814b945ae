import Foundation
import Testing

@testable import sock

/// Endpoints as people write them.
@Suite struct EndpointWordsTests {
    @Test(arguments: [
        ("8080", "127.0.0.1:8080"), ("localhost:http", "localhost:80"), (":https", ":443"),
        ("[::1]:http", "[::1]:80"), ("ws://h:http/x:y", "ws://h:80/x:y"),
        ("udp://h:domain", "udp://h:53"),
        ("localhost:80", "localhost:80"), ("unix:/run/x:http", "unix:/run/x:http"), ("::1", "::1"),
        ("fe80::a", "fe80::a"), ("", ""), ("h:", "h:"), ("ws://h/a:http", "ws://h/a:http"),
        ("UNIX:/a://b:http", "UNIX:/a://b:http"), ("unix-box:http", "unix-box:80"),
    ])
    func aPortMayBeAloneOrHaveAName(_ text: String, _ meant: String) throws {
        #expect(try EndpointWords.spelledOut(text) == meant)
    }

    @Test(arguments: [
        ("localhost", "80", "localhost:80"), ("::1", "http", "[::1]:http"),
        ("[::1]", "80", "[::1]:80"),
        ("tls://h", "443", "tls://h:443"), ("127.0.0.1", nil, "127.0.0.1"),
        ("unix:/x", nil, "unix:/x"),
    ])
    func aHostAndAPortMayBeTwoWords(_ host: String, _ port: String?, _ meant: String) throws {
        #expect(try EndpointWords.joined(host, port) == meant)
    }

    @Test(arguments: ["localhost:80", "unix:/run/x", "ws://h/path", "tls://h:1"])
    func anEndpointTakesNoSecondPort(_ text: String) {
        #expect(throws: Failure.self) { try EndpointWords.joined(text, "80") }
    }

    @Test func aServiceThatNobodyKnowsIsSaidSo() throws {
        let outcome = try SockProgram.run("connect", "localhost:no-such-service")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("no service over tcp is called 'no-such-service'"))
    }

    @Test func connectAndListenTakeTheWordsOfNetcat() throws {
        let server = try Listening("--echo", on: "127.0.0.1:0")
        let client = try SockProgram.run("connect", "127.0.0.1", server.port, input: .text("hi\n"))
        #expect(client.status == 0, "\(client.errors)")
        #expect(client.text == "hi\n")
        server.stop()
        let alone = try Listening("--echo", on: "0")
        #expect(alone.endpoint.hasPrefix("tcp://127.0.0.1:"))
        #expect(try SockProgram.run("connect", alone.port, input: .text("hi\n")).text == "hi\n")
        alone.stop()
    }

    @Test func aScanTakesOneWordTwoWordsAndNames() throws {
        let server = try Listening("--keep", "--echo", on: "127.0.0.1:0")
        let port = server.port
        for words in [
            ["127.0.0.1", port], ["127.0.0.1:\(port)"], ["127.0.0.1", "\(port)-\(port)"],
        ] {
            let outcome = try Program.run([SockProgram.path, "scan"] + words)
            #expect(outcome.status == 0, "\(words): \(outcome.errors)")
            #expect(outcome.text.contains(port))
        }
        let named = try SockProgram.run("scan", "127.0.0.1", "ssh,no-such-service")
        #expect(named.status == 64)
        #expect(named.errors.contains("neither a number nor a service"))
        let none = try SockProgram.run("scan", "127.0.0.1")
        #expect(none.status == 64)
        #expect(none.errors.contains("which ports?"))
        server.stop()
    }

    @Test(arguments: ["localhost:99999", "localhost:http1", "localhost:", "a:b:c", "fe80::1%nope"])
    func whatCannotBeResolvedIsSaidInASentence(_ word: String) throws {
        for words in [["resolve", word], ["resolve", "--json", word]] {
            let outcome = try Program.run([SockProgram.path] + words)
            #expect(outcome.status == 64 || outcome.status == 1, "\(outcome.errors)")
            #expect(!outcome.errors.contains("Failure("), "\(outcome.errors)")
        }
    }

    @Test(arguments: [
        ["ping", "localhost", "80"], ["ping", "localhost:80"], ["trace", "[::1]:80"],
    ])
    func aPortIsNoHostToProbe(_ words: [String]) throws {
        let outcome = try Program.run([SockProgram.path] + words)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains("port"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("statistics"))
    }

    @Test func resolveSaysTheSameOfWhatIsNoName() throws {
        for name in ["", "*"] {
            let outcome = try SockProgram.run("resolve", name)
            #expect(outcome.status == 64)
            #expect(
                outcome.errors.hasSuffix(": there is nothing to resolve\n"),
                "\(outcome.errors)"
            )
        }
    }

    @Test func anErrorNamesTheHostThatWasAskedFor() throws {
        let port = try unusedPort()
        let outcome = try SockProgram.run("connect", "localhost:\(port)")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("sock: connect localhost:\(port) ("), "\(outcome.errors)")
        #expect(
            outcome.errors.contains("): connection refused (ECONNREFUSED)"),
            "\(outcome.errors)"
        )
    }
}
