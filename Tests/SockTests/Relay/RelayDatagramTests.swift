import Foundation
import Testing

/// `sock relay udp://…`, between programs of Python's.
@Suite struct RelayDatagramTests {
    /// Sends back what comes, with the port it came from before it.
    private static let naming = """
        while True:
            data, peer = s.recvfrom(65536); s.sendto(b'%d ' % peer[1] + data, peer)
        """

    private static let local = "udp://127.0.0.1:0"

    @Test func everyClientHasAFlowOfItsOwn() throws {
        let (server, port) = try DatagramPrograms.server(Self.naming)
        let relay = try Relaying(
            "--json",
            to: "udp://127.0.0.1:\(port)",
            on: Self.local,
            isJSON: true
        )
        var flows: Set<String> = []
        for number in 0..<3 {
            let client = try DatagramPrograms.client(
                relay.port,
                """
                for i in range(2): s.send(b'%d' % i); print(s.recv(100).decode())
                """
            )
            let answers = client.text.split(separator: "\n").map { $0.split(separator: " ") }
            try #require(answers.count == 2, "\(client.errors)")
            #expect(answers.map { $0[1] } == ["0", "1"])
            #expect(answers[0][0] == answers[1][0])
            flows.insert(String(answers[0][0]))
            #expect(flows.count == number + 1)
        }
        let totals = try relay.totals()
        #expect(totals["connections"] as? Int == 3)
        #expect(totals["to_target_sent_count"] as? Int == 6)
        #expect(totals["to_client_sent_count"] as? Int == 6)
        server.send(SIGKILL)
    }

    @Test func theLargestAndTheEmptyDatagramPass() throws {
        let (server, port) = try DatagramPrograms.server(
            "while True: data, peer = s.recvfrom(65536); s.sendto(data, peer)"
        )
        let relay = try Relaying(to: "udp://127.0.0.1:\(port)", on: Self.local)
        let client = try DatagramPrograms.client(
            relay.port,
            "for n in (0, 1, 65507): s.send(b'x' * n); print(len(s.recv(65536)))"
        )
        #expect(client.text == "0\n1\n65507\n", "\(client.errors)")
        _ = relay.stop()
        server.send(SIGKILL)
    }

    @Test func whatIsLostDoubledAndOvertakenIsCounted() throws {
        let (server, port) = try DatagramPrograms.server(
            """
            numbers = []
            while True:
                data = s.recv(100)
                if data == b'end': break
                numbers.append(int(data))
            print(len(numbers), len(set(numbers)), numbers != sorted(numbers), flush=True)
            """
        )
        let relay = try Relaying(
            "--loss",
            "10%",
            "--duplicate",
            "10%",
            "--reorder",
            "10%",
            "--seed",
            "7",
            "--json",
            to: "udp://127.0.0.1:\(port)",
            on: Self.local,
            isJSON: true
        )
        // The pauses let the relay keep up; the last one lets go of what is held back.
        let client = try DatagramPrograms.client(
            relay.port,
            """
            for i in range(1000):
                s.send(b'%d' % i); time.sleep(0.0005)
            time.sleep(0.3)
            direct = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            direct.sendto(b'end', ('127.0.0.1', \(port)))
            """
        )
        #expect(client.status == 0, "\(client.errors)")
        let words = try #require(server.outputLine()).split(separator: " ")
        let totals = try relay.totals()
        let lost = try #require(totals["to_target_lost_count"] as? Int)
        let doubled = try #require(totals["to_target_doubled_count"] as? Int)
        #expect(Int(words[0]) == 1000 - lost + doubled)
        #expect(Int(words[1]) == 1000 - lost)
        #expect(words[2] == "True")
        #expect((50...160).contains(lost), "\(lost)")
        #expect(try #require(totals["to_target_reordered_count"] as? Int) > 30)
    }

    @Test func aSilentClientIsForgottenAndMayComeAgain() throws {
        let (server, port) = try DatagramPrograms.server(Self.naming)
        let relay = try Relaying(
            "--idle",
            "0.3",
            "-v",
            to: "udp://127.0.0.1:\(port)",
            on: Self.local
        )
        let client = try Program(
            [
                "python3", "-c",
                DatagramPrograms.clientScript(
                    relay.port,
                    """
                    s.send(b'a'); print(s.recv(100).decode(), flush=True)
                    sys.stdin.read(1)
                    s.send(b'b'); print(s.recv(100).decode(), flush=True)
                    """
                ),
            ],
            input: .open
        )
        let first = try #require(client.outputLine())
        #expect(relay.program.errorLine()?.contains("came") == true)
        #expect(relay.program.errorLine()?.contains("left") == true)
        client.type("\n")
        let second = try #require(client.outputLine())
        #expect(first.split(separator: " ")[0] != second.split(separator: " ")[0])
        #expect(relay.stop().contains("relayed 2 connections"))
        server.send(SIGKILL)
    }

    @Test func aTargetThatRefusesEndsTheFlow() throws {
        let port = try DatagramPrograms.unusedPort()
        let relay = try Relaying("-v", to: "udp://127.0.0.1:\(port)", on: Self.local)
        let client = try DatagramPrograms.client(relay.port, "s.send(b'a')")
        #expect(client.status == 0)
        #expect(relay.program.errorLine()?.contains("came") == true)
        #expect(relay.program.errorLine()?.contains("connection refused") == true)
        _ = relay.stop()
    }

    @Test func aStreamMayGoToDatagrams() throws {
        let (server, port) = try DatagramPrograms.server(Self.naming)
        let relay = try Relaying("--idle", "1", to: "udp://127.0.0.1:\(port)")
        let client = try relay.python("s.sendall(b'hello'); print(s.recv(100).split()[1])")
        #expect(client.text == "b'hello'\n", "\(client.errors)")
        _ = relay.stop()
        server.send(SIGKILL)
    }
}
