import Foundation
import Testing

/// What `sock relay` says of its faults, and when it says nothing.
@Suite struct RelayWordsTests {
    @Test func theFaultsAreSaidAtTheBeginning() throws {
        let relay = try Relaying(
            "--delay",
            "20ms",
            "--rate",
            "64k/s",
            "--chunk",
            "1KiB",
            "--drop-connection-every",
            "1m",
            "--reset",
            "--half-open",
            to: "127.0.0.1:1"
        )
        #expect(
            relay.program.errorLine() == """
                faults: each direction is delayed by 20 ms; each direction moves at most 64000 bytes a \
                second; streams go in pieces of at most 1024 bytes; each connection is dropped with a \
                reset after 60 s; one side is not told that the other has ended
                """
        )
        _ = relay.stop()
        let datagrams = try Relaying(
            "--loss",
            "0.5%",
            "--duplicate",
            "5",
            to: "udp://127.0.0.1:1",
            on: "udp://127.0.0.1:0"
        )
        #expect(
            datagrams.program.errorLine()
                == "faults: 0.5 % of the datagrams are lost; 5 % of the datagrams are sent twice"
        )
        _ = datagrams.stop()
    }

    @Test func aNumberAloneIsSecondsWhichIsSaidWhereMillisecondsAreUsual() throws {
        let program = try SockProgram.start(
            "relay",
            "127.0.0.1:0",
            "127.0.0.1:1",
            "--delay",
            "20",
            "--jitter",
            "0.5"
        )
        #expect(
            program.errorLine()
                == "sock: --delay 20 means 20 seconds; for milliseconds write 20ms"
        )
        #expect(program.errorLine()?.hasPrefix("listening on ") == true)
        #expect(
            program.errorLine() == "faults: each direction is delayed by 20 s, give or take 500 ms"
        )
        program.send(SIGTERM)
        #expect(program.wait().status == 0)
    }

    @Test(arguments: ["", "udp://"])
    func aRelayThatCannotListenHasRelayedNothing(_ scheme: String) throws {
        let relay = try Relaying(to: "\(scheme)127.0.0.1:1", on: "\(scheme)127.0.0.1:0")
        let outcome = try SockProgram.run(
            "relay",
            scheme + "127.0.0.1:" + relay.port,
            scheme + "127.0.0.1:1"
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("address already in use"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("relayed"), "\(outcome.errors)")
        _ = relay.stop()
    }
}
