import Foundation
import Testing

/// A running `sock sessions` or `sock receive`.
struct SessionListening {
    let program: Program
    /// What it said: `tcp://127.0.0.1:40001`.
    let endpoint: String

    init(_ command: String, _ arguments: String..., on endpoint: String = "127.0.0.1:0") throws {
        program = try Program(
            [SockProgram.path, command, "--listen", endpoint] + arguments,
            input: .none
        )
        let line = try #require(program.errorLine())
        let words = "listening on "
        try #require(line.hasPrefix(words), "\(line)")
        self.endpoint = String(line.dropFirst(words.count))
    }

    /// Where another takes its place.
    var address: String { endpoint.replacingOccurrences(of: "tcp://", with: "") }
    var port: String { String(endpoint.split(separator: ":").last ?? "") }

    /// What it prints for clients of a certificate that was made for it.
    func pin() throws -> String {
        _ = program.errorLine()
        let line = try #require(program.errorLine())
        return String(try #require(line.split(separator: " ").last))
    }

    /// Stops it; it is to end well.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> String {
        program.send(signal)
        let outcome = program.wait()
        #expect(outcome.status == 0)
        return outcome.errors
    }

    /// Ends it without a word.
    func kill() {
        program.send(SIGKILL)
        _ = program.wait()
    }
}

/// A relay that cuts every connection after so many bytes from the client, or passes so many a second.
struct BadLine {
    let program: Program
    let endpoint: String

    /// - Parameters:
    ///   - port: Where it passes connections on to.
    ///   - cut: Bytes after which the n-th connection is reset, n times these; zero for none.
    ///   - rate: Bytes a second from the client; zero for all.
    /// - Throws: What there is no line for.
    init(to port: String, cut: Int = 0, rate: Int = 0) throws {
        let script = """
            import socket, struct, sys, threading, time
            port, cut, rate = map(int, sys.argv[1:])
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            def reset(*sockets):
                for s in sockets:
                    try:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        s.shutdown(socket.SHUT_RDWR)
                    except OSError: pass
            def copy(source, target, left, rate):
                try:
                    while left != 0:
                        data = source.recv(65536 if not rate else max(1, rate // 50))
                        if not data: break
                        target.sendall(data if left < 0 else data[:left])
                        left = max(0, left - len(data)) if left > 0 else left
                        if rate: time.sleep(0.02)
                except OSError: pass
                reset(source, target)
            count = 0
            while True:
                client, _ = listener.accept()
                count += 1
                try: server = socket.create_connection(("127.0.0.1", port))
                except OSError:
                    client.close()
                    continue
                for s in (client, server): s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                left = cut * count if cut else -1
                threading.Thread(target=copy, args=(client, server, left, rate), daemon=True).start()
                threading.Thread(target=copy, args=(server, client, -1, 0), daemon=True).start()
            """
        program = try Program(["python3", "-u", "-c", script, port, "\(cut)", "\(rate)"])
        endpoint = "127.0.0.1:\(try #require(program.outputLine()))"
    }

    func stop() {
        program.send(SIGKILL)
        _ = program.wait()
    }
}

/// Ledgers of a folder, balanced by `sock verify`.
enum Ledgers {
    /// The files of every session of which both ends have written one.
    static func pairs(_ folder: String) throws -> [(client: String, server: String)] {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        let suffix = "-client.ledger"
        return names.filter { $0.hasSuffix(suffix) }.sorted().compactMap { name in
            let server = name.dropLast(suffix.count) + "-server.ledger"
            guard names.contains(String(server)) else { return nil }
            return ("\(folder)/\(name)", "\(folder)/\(server)")
        }
    }

    /// Expects that so many pairs are there, and that all balance.
    static func expectBalance(_ folder: String, count: Int) throws {
        let pairs = try pairs(folder)
        #expect(pairs.count == count)
        for pair in pairs {
            let outcome = try SockProgram.run("verify", pair.client, pair.server)
            #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
            #expect(outcome.text == "the ledgers balance: every message is accounted for\n")
        }
    }
}
