import Testing

@Suite struct ResolveTests {
    @Test func localhostIsTheLoopback() throws {
        let outcome = try SockProgram.run("resolve", "localhost")
        #expect(outcome.status == 0)
        #expect(outcome.text == "127.0.0.1\n::1\n")
        #expect(outcome.errors == "")
    }

    @Test func aPortIsKept() throws {
        #expect(
            try SockProgram.run("resolve", "localhost:80").text == "127.0.0.1:80\n[::1]:80\n"
        )
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1"])
    func anAddressIsItself(_ address: String) throws {
        #expect(try SockProgram.run("resolve", address).text == "\(address)\n")
    }

    @Test func resultsAreJSON() throws {
        #expect(
            try SockProgram.run("resolve", "[::1]:80", "--json").text
                == #"{"address":"::1","family":"ipv6","port":80}"# + "\n"
        )
    }

    @Test func anUnknownNameIsOneClearLine() throws {
        let outcome = try SockProgram.run("resolve", "nobody.invalid", "--timeout", "20")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(outcome.errors.contains("nobody.invalid"))
    }

    @Test(arguments: ["a..b", "unix:/x", "*", "", "h:99999"])
    func whatIsNoNameIsUsage(_ text: String) throws {
        #expect(try SockProgram.run("resolve", text).status == 64)
    }
}
