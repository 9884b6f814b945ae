import Glibc
import Sockets
import Testing

/// A running `openssl`: what it reads and writes is one socket (stderr is the test's own).
///
/// Killed when nobody refers to it any more.
final class OpenSSLProgram: Sendable {
    /// Its standard input and output.
    let stream: StreamConnection
    private let processID: pid_t

    /// Starts `openssl` with these arguments.
    init(_ arguments: String...) throws {
        let words = ["openssl"] + arguments
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        try #require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
        defer { close(ends[1]) }
        stream = try .adopt(Descriptor(ends[0]))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for number in [STDIN_FILENO, STDOUT_FILENO] {
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], number)
        }
        // Its complaints about what a test does to it on purpose are of no interest.
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID: pid_t = 0
        let error = unsafe posix_spawnp(&processID, "openssl", &actions, nil, pointers, environ)
        try #require(error == 0, "openssl could not be started: errno \(error)")
        self.processID = processID
    }

    deinit {
        kill(processID, SIGKILL)
        _ = waitpid(processID, nil, 0)
    }

    /// The text it has written by the time it has written `end`.
    func text(until end: String) async throws -> String {
        var buffer = ByteBuffer()
        while true {
            let text = String(decoding: buffer.array(), as: UTF8.self)
            if text.contains(end) { return text }
            guard try await stream.receive(into: &buffer) > 0 else {
                throw SocketError(.unexpectedEnd, in: .receive, detail: "“\(text)”")
            }
        }
    }

    /// The address a server says it accepts on, in a line `ACCEPT 127.0.0.1:40185`.
    func acceptedAddress() async throws -> SocketAddress {
        var text = try await text(until: "ACCEPT ")
        if !text.hasSuffix("\n") { text += try await self.text(until: "\n") }
        let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
        let port = try #require(line?.split(separator: ":").last.flatMap { UInt16($0) }, "\(text)")
        return .v4(.loopback, port: port)
    }
}
