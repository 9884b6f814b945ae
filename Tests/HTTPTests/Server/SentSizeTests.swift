import Foundation
import HTTP
import HTTPCodec
import Sockets
import TLS
import Testing

/// What the log says was sent of an answer: what the stream has taken, also of one that was cut.
struct SentSizeTests {
    enum Form: CaseIterable { case whole, announced, chunked, smallChunks, file, smallFileParts }

    private static let size = 48 << 20

    private static func handler(_ form: Form, _ file: FileHandle) -> HTTPServer.Handler {
        { _, response in
            let piece = [UInt8](repeating: 120, count: form == .smallChunks ? 10_000 : 1 << 20)
            switch form {
            case .whole: try await response.send([UInt8](repeating: 120, count: size))
            case .announced, .chunked, .smallChunks:
                try response.begin(length: form == .announced ? UInt64(size) : nil)
                for _ in 0..<(size / piece.count) { try await response.write(piece) }
            case .file:
                try response.begin(length: UInt64(size))
                try await response.write(file: file.fileDescriptor, offset: 0, count: size)
            case .smallFileParts:
                try response.begin(length: UInt64(size))
                for offset in stride(from: 0, to: size, by: 1 << 20) {
                    try await response.write(
                        file: file.fileDescriptor,
                        offset: offset,
                        count: 1 << 20
                    )
                }
            }
        }
    }

    private func withFile(_ body: (FileHandle) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        #expect(FileManager.default.createFile(atPath: path.path, contents: nil))
        defer { try? FileManager.default.removeItem(at: path) }
        let file = try FileHandle(forUpdating: path)
        try file.truncate(atOffset: UInt64(Self.size))
        try await body(file)
    }

    /// More than the sockets of both ends hold.
    private static let held = 16 << 20

    @Test(arguments: Form.allCases, [false, true])
    func aCutAnswerCountsWhatWentOut(_ form: Form, isSecure: Bool) async throws {
        try await withFile { file in
            let records = Records()
            var configuration = HTTPServer.Configuration()
            configuration.onExchange = { records.add($0) }
            let tls = isSecure ? try TLSServerConfiguration(identities: [.selfSigned()]) : nil
            try await HTTPServer.listen(on: "127.0.0.1:0", tls: tls, configuration) { server in
                async let serving: Void = server.serve(Self.handler(form, file))
                let client = try await connected(to: server, isSecure: isSecure)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                var got = 0
                var buffer = ByteBuffer()
                while got < 8 << 20 {
                    let count = try await client.receive(into: &buffer)
                    try #require(count > 0)
                    got += count
                    buffer.clear()
                }
                client.reset()
                let record = try #require(await records.next())
                #expect(record.status == .ok && record.failure != nil)
                // The heads of answer and chunks are among what came.
                #expect(Int(record.bodySize) > got - (1 << 19))
                #expect(Int(record.bodySize) < got + Self.held)
                server.drain(before: .now)
                try await serving
            }
        }
    }

    @Test func whoTakesNothingInTimeIsLoggedWithWhatTheKernelTook() async throws {
        try await withFile { file in
            let records = Records()
            var configuration = HTTPServer.Configuration()
            configuration.onExchange = { records.add($0) }
            configuration.pace = HTTPPace(grace: .milliseconds(20), bytesPerSecond: 1 << 30)
            try await HTTPServer.listen(on: "127.0.0.1:0", configuration) { server in
                async let serving: Void = server.serve(Self.handler(.file, file))
                let client = try await StreamConnection.connect(to: Endpoint(server.localAddress))
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let record = try #require(await records.next())
                let size = record.bodySize
                #expect(size > 0 && size < UInt64(Self.size))
                server.drain(before: .now)
                try await serving
                client.close()
            }
        }
    }

    @Test func whatIsNotSentDoesNotCount() async throws {
        struct Oops: Error {}
        let records = Records()
        var configuration = HTTPServer.Configuration()
        configuration.onExchange = { records.add($0) }
        let lines = ["GET /send", "HEAD /send", "HEAD /write", "GET /fail"]
        let requests = lines.map { "\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }
        _ = try await answers(to: [requests.joined()], by: configuration) { request, response in
            switch request.path {
            case "/send": try await response.send("hello")
            case "/write":
                try response.begin(length: 5)
                try await response.write("hello")
            default: throw Oops()
            }
        }
        #expect(
            records.all.map(\.bodySize) == [
                5, 0, 0, UInt64("500 Internal Server Error\n".utf8.count),
            ]
        )
        _ = try await answers(to: ["nonsense\r\n\r\n"], by: configuration) { _, _ in }
        #expect(records.all.last?.bodySize == UInt64("400 Bad Request\n".utf8.count))
    }
}
