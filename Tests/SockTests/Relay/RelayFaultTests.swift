import Foundation
import Testing

/// What `sock relay` does to streams when it is asked to.
@Suite struct RelayFaultTests {
    @Test func bytesAreLateAndInOrder() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--delay", "50ms", "--jitter", "20ms", to: server.endpoint)
        let client = try relay.python(
            """
            for i in range(5):
                start = time.monotonic(); s.sendall(b'%d' % i); assert s.recv(1) == b'%d' % i
                took = time.monotonic() - start
                assert 0.06 <= took, took
            s.sendall(bytes(range(256)) * 4000); s.shutdown(socket.SHUT_WR)
            got = b''
            while piece := s.recv(65536): got += piece
            assert got == bytes(range(256)) * 4000
            """
        )
        #expect(client.status == 0, "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test func theSeedIsToldAndIsTheOneThatWasGiven() throws {
        let relay = try Relaying("--jitter", "1ms", "--seed", "42", to: "127.0.0.1:1")
        #expect(
            relay.program.errorLine() == "faults: each direction is delayed, give or take 1 ms"
        )
        #expect(relay.program.errorLine() == "the faults are those of --seed 42")
        _ = relay.stop()
        let other = try Relaying("--jitter", "1ms", to: "127.0.0.1:1")
        _ = other.program.errorLine()
        let line = try #require(other.program.errorLine())
        #expect(UInt64(line.split(separator: " ").last ?? "") != nil, "\(line)")
        _ = other.stop()
    }

    /// To a datagram socket, which keeps the borders of what is sent.
    @Test func aChunkIsASendOfItsOwn() throws {
        let (server, port) = try DatagramPrograms.server(
            "print(*[s.recv(100) for _ in range(3)], flush=True)"
        )
        let relay = try Relaying("--chunk", "2", to: "udp://127.0.0.1:\(port)")
        let client = try relay.python("s.sendall(b'hello')")
        #expect(client.status == 0, "\(client.errors)")
        #expect(server.outputLine() == "b'he' b'll' b'o'")
        _ = relay.stop()
    }

    @Test func whatGoesByteByByteArrivesWhole() throws {
        let bytes = try randomBytes(200_000)
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--chunk", "1", "--delay", "5ms", to: server.endpoint)
        #expect(try relay.netcat(.bytes(bytes)).output == bytes)
        _ = relay.stop()
        server.stop()
    }

    @Test func theRateIsKeptEachWay() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--rate", "100k", to: server.endpoint)
        let client = try relay.python(
            """
            start = time.monotonic(); s.sendall(b'x' * 50000); s.shutdown(socket.SHUT_WR)
            count = 0
            while piece := s.recv(65536): count += len(piece)
            took = time.monotonic() - start
            # Half a second, less the quantum at the beginning.
            assert count == 50000 and took > 0.45, (count, took)
            """
        )
        #expect(client.status == 0, "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test(arguments: [
        ["--drop-connection-every", "100ms"], ["--drop-connection-every", "0.1s", "--reset"],
    ])
    func connectionsAreDroppedWithAnEndOrAReset(_ arguments: [String]) throws {
        let server = try Listening("--keep", "--echo")
        let program = try Program(
            [SockProgram.path, "relay", "127.0.0.1:0", server.endpoint] + arguments
        )
        let port = try #require(program.errorLine()?.split(separator: ":").last)
        let script = """
            import socket, time
            for _ in range(3):
                start = time.monotonic()
                s = socket.create_connection(('127.0.0.1', \(port))); s.settimeout(20)
                s.sendall(b'x'); assert s.recv(1) == b'x'
                try: print('end' if s.recv(1) == b'' else 'data')
                except ConnectionResetError: print('reset')
                assert time.monotonic() - start >= 0.1
            """
        let client = try Program.run(["python3", "-c", script])
        let word = arguments.contains("--reset") ? "reset" : "end"
        #expect(client.text == "\(word)\n\(word)\n\(word)\n", "\(client.errors)")
        program.send(SIGTERM)
        let outcome = program.wait()
        #expect(outcome.errors.contains("3 dropped"), "\(outcome.errors)")
        server.stop()
    }

    @Test func inABlackHoleNothingComesAndNothingIsSaid() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--black-hole", to: server.endpoint)
        let client = try relay.python(
            """
            s.sendall(b'x' * 3000000); s.settimeout(0.3)
            try: print(s.recv(1))
            except TimeoutError: print('silence')
            """
        )
        #expect(client.text == "silence\n", "\(client.errors)")
        #expect(relay.stop().contains("3000000 bytes swallowed"))
        server.stop()
    }

    @Test func aBlackHoleMayComeLater() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--black-hole-after", "300ms", to: server.endpoint)
        let client = try relay.python(
            """
            s.sendall(b'x'); print(s.recv(1)); time.sleep(0.5); s.sendall(b'y'); s.settimeout(0.3)
            try: print(s.recv(1))
            except TimeoutError: print('silence')
            """
        )
        #expect(client.text == "b'x'\nsilence\n", "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test func ofAHalfOpenConnectionTheClientDoesNotLearnOfTheEnd() throws {
        let server = try Listening("--keep", "--exec", "echo hello")
        let relay = try Relaying("--half-open", to: server.endpoint)
        let client = try relay.python(
            """
            print(s.recv(100)); s.settimeout(0.5)
            try: print(s.recv(1))
            except TimeoutError: print('silence')
            s.sendall(b'is anybody there?')
            """
        )
        #expect(client.text == "b'hello\\n'\nsilence\n", "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test func mistakesAreUsage() throws {
        for (arguments, words) in [
            (["--reset"], "--reset is how --drop-connection-every drops"),
            (["--black-hole", "--black-hole-after", "1s"], "give one"),
            (["--loss", "5%"], "are for datagrams"),
            (["--delay", "5x"], "invalid for '--delay"),
            (["--delay=-1s"], "invalid for '--delay"),
            (["--loss", "101%"], "invalid for '--loss"),
            (["--chunk", "0"], "invalid for '--chunk"),
            (["--connection-limit", "0"], "at least 1"),
            (["--pin", String(repeating: "ab", count: 32)], "is not encrypted"),
            (["--binary"], "is no WebSocket"),
        ] {
            let outcome = try Program.run(
                [SockProgram.path, "relay", "127.0.0.1:0", "127.0.0.1:1"] + arguments
            )
            #expect(outcome.status == 64, "\(arguments)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
        let datagrams = try SockProgram.run("relay", "udp://:0", "udp://[::1]:1", "--chunk", "5")
        #expect(datagrams.status == 64)
        #expect(datagrams.errors.contains("--chunk is for streams"))
    }
}
