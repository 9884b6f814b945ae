import Testing

/// What a wrong command line gets: status 64, and words that say what and where.
@Suite struct UsageTests {
    @Test func aPortThatIsTooLargeIsPointedAt() throws {
        for command in ["connect", "listen"] {
            let outcome = try SockProgram.run(command, "tcp://localhost:99999")
            #expect(outcome.status == 64)
            #expect(
                outcome.errors == """
                    sock: invalid endpoint: port 99999 is over 65535
                      tcp://localhost:99999
                                      ^~~~~

                    """
            )
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func aMissingPortIsPointedAt() throws {
        let outcome = try SockProgram.run("connect", "localhost")
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("sock: invalid endpoint: a port is missing here"))
    }

    @Test func anOverlongUnixPathIsAnError() throws {
        let path = "/tmp/" + String(repeating: "x", count: 200)
        let outcome = try SockProgram.run("listen", "unix:\(path)")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("107"))
    }

    @Test func anEndpointThatNothingIsSpokenOverIsRefused() throws {
        let outcome = try SockProgram.run("connect", "unix-seqpacket:/run/x")
        #expect(outcome.status == 64)
        #expect(
            outcome.errors == """
                sock: unix-seqpacket:/run/x is nothing this command can talk over: it takes tcp, tls, \
                ws, wss, unix, udp and unix-datagram endpoints

                """
        )
    }

    @Test(arguments: ["abc", "-1", "0", "nan", "inf", "1e300"])
    func aTimeoutIsANumberOfSeconds(_ text: String) throws {
        let outcome = try SockProgram.run("connect", "localhost:1", "--timeout", text)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("sock: The value '\(text)' is invalid for '--timeout"))
    }

    @Test(arguments: ["-1", "100001"])
    func retriesHaveALimit(_ text: String) throws {
        let outcome = try SockProgram.run("connect", "localhost:1", "--retry", text)
        #expect(outcome.status == 64)
        #expect(
            outcome.errors.hasPrefix(
                "sock: --retry takes a number from 0 to 100000, not \(text)\n"
            )
        )
    }

    @Test func twoWaysToAnswerAreRefused() throws {
        let outcome = try SockProgram.run("listen", ":0", "--echo", "--exec", "cat")
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("sock: --echo and --exec are two ways to answer\n"))
    }

    @Test func twoWaysToShowAreRefused() throws {
        let outcome = try SockProgram.run("connect", "localhost:1", "--hex", "--raw")
        #expect(outcome.status == 64)
        #expect(
            outcome.errors.hasPrefix("sock: --hex and --raw are two ways to show what comes\n")
        )
        #expect(try SockProgram.run("listen", ":0", "--echo", "--raw").status == 64)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsAreThereForEveryShell(_ shell: String) throws {
        let outcome = try SockProgram.run("--generate-completion-script", shell)
        #expect(outcome.status == 0)
        for word in ["replay", "listen", "record", "rate", "in-turn"] {
            #expect(outcome.text.contains(word))
        }
        guard shell == "bash" else { return }
        // A script that bash cannot read would fail here.
        #expect(try Program.run(["bash", "-n"], input: .bytes(outcome.output)).status == 0)
    }

    @Test func anUnknownCommandIsRefused() throws {
        #expect(try SockProgram.run("lisen").status == 64)
    }

    @Test func helpAndVersionGoToTheStandardOutput() throws {
        let help = try SockProgram.run("--help")
        #expect(help.status == 0)
        #expect(help.text.contains("listen"))
        #expect(help.errors.isEmpty)
        #expect(try SockProgram.run("--version").text.hasPrefix("sock "))
    }
}
