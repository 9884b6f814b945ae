import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import TLS

/// What a server answers to bytes, over a stream in memory: everything until it closes.
///
/// `pieces` are sent one after the other, then the client ends.
func answers(
    to pieces: [String],
    by configuration: HTTPServer.Configuration = .init(),
    _ handler: @escaping HTTPServer.Handler
) async throws -> String {
    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
    defer { listener.close() }
    let server = HTTPServer(listener, configuration)
    let (client, stream) = InMemoryStream.pair()
    return try await withDeadline(.after(.seconds(20))) {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve(stream, of: nil, isSecure: false, handler) }
            group.addTask {
                do {
                    for piece in pieces { try await client.send(piece) }
                    try await client.finish()
                } catch is SocketError {
                    // The server may have had enough before.
                }
            }
            var buffer = ByteBuffer()
            do {
                while try await client.receive(into: &buffer) > 0 {}
            } catch let error as SocketError where error.code == .reset {
                // How a server cuts what it cannot finish.
            }
            try await group.waitForAll()
            return String(decoding: buffer.array(), as: UTF8.self)
        }
    }
}

/// Without the lines that differ from one second to the next.
func withoutDates(_ text: String) -> String {
    text.split(separator: "\r\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
}

/// A client of a server that listens; over TLS it believes whoever answers.
func connected(to server: HTTPServer, isSecure: Bool) async throws -> any ByteStream {
    let connection = try await StreamConnection.connect(to: Endpoint(server.localAddress))
    guard isSecure else { return connection }
    return try await TLSStream.connect(
        over: connection,
        name: "localhost",
        configuration: TLSClientConfiguration(verification: .recorded)
    )
}
