import Foundation
import HTTP
import HTTPCodec
import Sockets
import Testing

/// Against a server that nobody here wrote: Python's http.server.
struct PythonServerTests {
    /// Serves a folder in a process of its own while `body` runs; gives it the URL.
    private func withPythonServer(
        _ version: String,
        _ folder: TemporaryFolder,
        _ body: (HTTPURL) async throws -> Void
    ) async throws {
        let script = """
            import functools, http.server as h
            class H(h.SimpleHTTPRequestHandler):
                protocol_version = "\(version)"
                def log_message(self, *a): pass
            s = h.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(H, directory="\(folder.path)"))
            print(s.server_port, flush=True)
            s.serve_forever()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer {
            // Not SIGTERM: a child inherits the mask of whatever thread starts it.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let url = try HTTPURL("http://127.0.0.1:\(port.trimmingCharacters(in: .newlines))/")
        try await withDeadline(.after(.seconds(30))) { try await body(url) }
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
    func filesComeAsTheyAre(_ version: String) async throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 10) }
        try folder.write(bytes, to: "a b.bin")
        let target = try TemporaryFolder()
        try await withPythonServer(version, folder) { url in
            let client = HTTPClient()
            defer { client.close() }
            let file = try url.resolving("/a b.bin")
            for _ in 1...3 {
                let body = try await client.get(file, limit: bytes.count)
                #expect(body == bytes)
            }
            let length = try await client.send(HTTPClientRequest(.head, file)) { $0.length }
            #expect(length == 3_000_000)
            let missing = await client.failure(
                of: HTTPClientRequest(.get, try url.resolving("/no"))
            )
            #expect(missing == nil)
            let path = "\(target.path)/copy"
            let end = try await HTTPDownload(file, to: path).run(with: client)
            #expect(end.total == bytes.count)
            #expect(try TemporaryFolder.bytes(path) == bytes)
        }
    }
}
