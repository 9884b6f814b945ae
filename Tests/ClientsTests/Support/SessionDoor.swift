import HTTP
import HTTPTypes
import Sessions
import Sockets
import TLS

/// A session server on a real socket, whose connections a test can cut.
final class SessionDoor: Sendable {
    /// Where a client knocks.
    enum Kind: Sendable {
        case tcp
        case tls(TLSServerConfiguration)
        case unix
        /// Sessions over WebSocket, beside the page and the modules of a browser's client.
        case web
    }

    let server = SessionServer()
    private let listener: StreamListener
    private let latest = Lock<StreamConnection?>(nil)
    private let knocks = Lock(0)
    /// What pages said of how it went.
    let reports: AsyncStream<String>
    private let reporting: AsyncStream<String>.Continuation

    private init(_ listener: StreamListener) {
        self.listener = listener
        (reports, reporting) = AsyncStream.makeStream()
    }

    /// How many connections for sessions there have been.
    var count: Int { knocks.withLock { $0 } }

    /// Breaks the latest connection, without a word.
    func cut() { latest.withLock { $0 }?.reset() }

    /// Serves sessions by `handler` while `body` runs, which is given the endpoint clients use.
    static func open<Result: Sendable>(
        _ kind: Kind = .tcp,
        _ handler: @escaping @Sendable (Session) async throws -> Void,
        during body: (SessionDoor, String) async throws -> Result
    ) async throws -> Result {
        let isUnix = if case .unix = kind { true } else { false }
        let door = SessionDoor(
            try await StreamListener.listen(on: isUnix ? "unix:*" : "127.0.0.1:0")
        )
        defer { door.listener.close() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await door.server.serve(handler) }
            group.addTask { await door.receive(kind) }
            while !door.server.isServing { await Task.yield() }
            let address = "\(door.listener.localAddress)"
            let port = address.split(separator: ":").last ?? ""
            let endpoint =
                switch kind {
                case .tcp: "tcp://\(address)"
                case .tls: "tls://localhost:\(port)"
                case .unix: address
                case .web: "http://\(address)"
                }
            let result = try await body(door, endpoint)
            group.cancelAll()
            return result
        }
    }

    private func receive(_ kind: Kind) async {
        let pages = HTTPServer(listener)
        try? await listener.serve { connection in
            switch kind {
            case .tcp, .unix:
                self.note(connection)
                await self.server.attach(connection, peer: connection.peerAddress)
            case .tls(let configuration):
                self.note(connection)
                let stream = try await TLSStream.accept(
                    over: connection,
                    configuration: configuration
                )
                await self.server.attach(stream, peer: connection.peerAddress)
            case .web:
                await pages.serve(connection, of: nil, isSecure: false) { request, response in
                    try await self.answer(request, response, connection)
                }
            }
        }
    }

    private func note(_ connection: StreamConnection) {
        knocks.withLock { $0 += 1 }
        latest.withLock { $0 = connection }
    }

    private func answer(
        _ request: HTTPServerRequest,
        _ response: HTTPServerResponse,
        _ connection: StreamConnection
    ) async throws {
        if request.asksForWebSocket {
            let socket = try await response.acceptWebSocket()
            note(connection)
            await server.attach(WebSocketByteStream(socket))
        } else if let file = Peer.pages[String(request.path)] {
            let isPage = file.hasSuffix(".html")
            response.fields[.contentType] = isPage ? "text/html; charset=utf-8" : "text/javascript"
            try await response.send(try Peer.text(of: file))
        } else if request.path.hasPrefix("/report/") {
            reporting.yield(String(request.path.dropFirst("/report/".count)).percentDecoded)
            try await response.send("")
        } else {
            throw HTTPRefusal(.notFound)
        }
    }
}

/// Cuts the connections of a door that is open only later.
final class Cutter: Sendable {
    let door = Lock<SessionDoor?>(nil)

    func cut() { door.withLock { $0 }?.cut() }
}

extension String {
    /// What encodeURIComponent made of it, undone.
    fileprivate var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
