import Sockets

/// One end of a connection to a chat, as `nc` would be: what is typed goes out, lines come in.
final class Person {
    let connection: StreamConnection
    private let reader: ByteReader<StreamConnection>

    init(_ connection: StreamConnection) {
        self.connection = connection
        reader = ByteReader(connection)
    }

    /// Connects and reads the greeting.
    static func arriving(at address: SocketAddress) async throws -> Person {
        let person = Person(try await StreamConnection.connect(to: Endpoint(address)))
        _ = try await person.line()
        return person
    }

    /// Connects, gives a name, and reads up to the line that says where it is.
    static func entering(_ address: SocketAddress, as name: String) async throws -> Person {
        let person = try await arriving(at: address)
        try await person.type(name)
        _ = try await person.lines(until: "* you are \(name) in")
        return person
    }

    func type(_ line: String) async throws { try await connection.send(line + "\n") }

    /// The next line; nil at the end.
    func line() async throws -> String? { try await reader.line(limit: 65_536) }

    /// The lines up to one that begins so, which is the last of them.
    func lines(until beginning: String) async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() {
            lines.append(line)
            if line.hasPrefix(beginning) { return lines }
        }
        throw NoSuchLine(beginning: beginning, lines: lines)
    }

    /// Everything up to the end of the stream.
    func rest() async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() { lines.append(line) }
        return lines
    }
}

/// The stream ended, and the line was not in it.
struct NoSuchLine: Error {
    let beginning: String
    let lines: [String]
}
