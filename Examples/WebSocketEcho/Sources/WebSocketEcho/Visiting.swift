import HTTP
import Sockets

/// Goes through the cases of a server of the Autobahn suite: it says how many there are, plays one
/// on each connection, and judges when told that this was all.
func visit(_ endpoint: String, _ configuration: WebSocketConfiguration) async throws {
    func connect(_ target: String) async throws -> WebSocketConnection {
        let stream = try await StreamConnection.connect(to: Endpoint(endpoint))
        return try await WebSocketConnection.connect(
            over: stream,
            host: endpoint,
            target: target,
            configuration
        )
    }

    let counter = try await connect("/getCaseCount")
    guard case .text(let text)? = try await counter.receive(), let count = Int(text) else {
        throw SocketError(.invalidArgument, in: .receive, detail: "no count of cases")
    }
    await counter.close()

    for number in 1...count {
        let socket = try await connect("/runCase?case=\(number)&agent=switchboard")
        do {
            try await echo(socket)
        } catch let error as SocketError where error.code == .unexpectedEnd {
            // Some cases end like that, and the server knows which.
        }
    }
    let judge = try await connect("/updateReports?agent=switchboard")
    await judge.close()
}
