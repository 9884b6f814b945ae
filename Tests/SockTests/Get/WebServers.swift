import Foundation
import Testing

/// Web servers of another make, each with a folder on a free port.
struct WebServer {
    let program: Program
    let url: String

    /// Python's http.server, which knows no ranges and speaks HTTP/1.0.
    static func python(_ folder: String) throws -> WebServer {
        let program = try Program([
            "python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder,
        ])
        let line = try #require(program.outputLine())
        let port = try #require(line.firstMatch(of: /port (\d+)/)?.1)
        return WebServer(program: program, url: "http://127.0.0.1:\(port)")
    }

    /// A server of a few lines that answers each connection with what `answer` writes to `reply`,
    /// having the request's head in `head` and a count of the requests in `count`; says its port.
    static func scripted(_ answer: String) throws -> WebServer {
        let indented = answer.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let script = """
            import socket
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            count = 0
            while True:
                connection, _ = listener.accept()
                head = b""
                while b"\\r\\n\\r\\n" not in head:
                    more = connection.recv(65536)
                    if not more: break
                    head += more
                count += 1
                reply = connection.sendall
            \(indented)
                connection.close()
            """
        let program = try Program(["python3", "-u", "-c", script])
        let port = try #require(program.outputLine())
        return WebServer(program: program, url: "http://127.0.0.1:\(port)")
    }

    /// A relay to another server whose first connection passes a megabyte on, and then is held up
    /// (`hold`) or ends (`cut`); those after it are whole.
    static func relay(to port: String, _ mode: String) throws -> WebServer {
        let script = """
            import socket, sys, threading
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            def copy(source, target, left):
                try:
                    while left > 0:
                        data = source.recv(min(left, 65536))
                        if not data: break
                        left -= len(data)
                        target.sendall(data)
                except OSError:
                    pass
                return left
            def serve(client, left, isHeld):
                server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                threading.Thread(target=copy, args=(client, server, 1 << 40), daemon=True).start()
                if copy(server, client, left) > 0 or not isHeld:
                    client.shutdown(socket.SHUT_RDWR)
                    server.close()
            count = 0
            while True:
                client, _ = listener.accept()
                count += 1
                left = 1_000_000 if count == 1 else 1 << 40
                held = sys.argv[2] == "hold"
                threading.Thread(target=serve, args=(client, left, held), daemon=True).start()
            """
        let program = try Program(["python3", "-u", "-c", script, port, mode])
        let port = try #require(program.outputLine())
        return WebServer(program: program, url: "http://127.0.0.1:\(port)")
    }

    func stop() {
        program.send(SIGKILL)
        _ = program.wait()
    }
}

/// nginx with a configuration of its own in a folder; TLS too if it is given a certificate.
struct Nginx {
    private let program: Program
    private let folder: String
    let port: String

    static let isThere: Bool = {
        let isThere =
            (try? Program.run(["sh", "-c", "command -v nginx || ls /usr/sbin/nginx"]).status) == 0
        if !isThere { print("SKIPPED: the tests with nginx, because it is not installed") }
        return isThere
    }()

    /// Serves `root`, with its own files in `folder`, and with other directives of its server.
    init(_ folder: String, root: String, _ directives: String = "", isSecure: Bool = false) throws {
        self.folder = folder
        // nginx cannot be asked which port it got: a port that was free a moment ago.
        for _ in 0..<20 {
            let port = try unusedPort()
            let text = """
                daemon off; master_process off; pid \(folder)/nginx.pid; error_log stderr notice;
                events { worker_connections 64; }
                http {
                    access_log off; default_type application/octet-stream;
                    client_body_temp_path \(folder)/t1; proxy_temp_path \(folder)/t2;
                    fastcgi_temp_path \(folder)/t3; uwsgi_temp_path \(folder)/t4;
                    scgi_temp_path \(folder)/t5;
                    server {
                        listen 127.0.0.1:\(port) \(isSecure ? "ssl" : "");
                        root \(root);
                        \(directives)
                    }
                }
                """
            let file = folder + "/nginx.conf"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let program = try Program([
                "sh", "-c",
                "PATH=$PATH:/usr/sbin exec nginx -e stderr -p \"$0\" -c \"$0/nginx.conf\"",
                folder,
            ])
            var hasBegun = false
            while let line = program.errorLine() {
                if line.contains("getrlimit") { hasBegun = true }
                if hasBegun || line.contains("emerg") { break }
            }
            guard hasBegun else {
                program.send(SIGKILL)
                _ = program.wait()
                continue
            }
            (self.program, self.port) = (program, port)
            return
        }
        throw NginxFailure()
    }

    private struct NginxFailure: Error {}

    func stop() {
        program.send(SIGTERM)
        _ = program.wait()
    }
}
