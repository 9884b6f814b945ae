import Glibc
import Sockets
import Testing

/// A running Python program: what it reads and prints is one socket.
///
/// It is Debian's Python, to which the packages of the set-up belong (scripts/setup), whichever else
/// comes first in PATH. Killed when nobody refers to it any more.
final class PythonPeer: Sendable {
    /// Its standard input and output.
    let stream: StreamConnection
    private let processID: pid_t

    /// Starts a program; its arguments are in `sys.argv[1:]`.
    init(_ text: String, _ arguments: String...) throws {
        let words = ["/usr/bin/python3", "-u", "-c", text] + arguments
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
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID: pid_t = 0
        let error = unsafe posix_spawn(&processID, words[0], &actions, nil, pointers, environ)
        try #require(error == 0, "\(words[0]) could not be started: errno \(error)")
        self.processID = processID
    }

    deinit {
        kill(processID, SIGKILL)
        _ = waitpid(processID, nil, 0)
    }

    /// The next line that it prints; fails when it ends instead.
    func line() async throws -> String {
        var bytes: [UInt8] = []
        var buffer = ByteBuffer(limit: 1)
        while try await stream.receive(into: &buffer) > 0 {
            let byte = buffer.array()
            buffer.clear()
            if byte == [UInt8(ascii: "\n")] { return String(decoding: bytes, as: UTF8.self) }
            bytes += byte
        }
        let text = String(decoding: bytes, as: UTF8.self)
        throw SocketError(.unexpectedEnd, in: .receive, detail: "python: “\(text)”")
    }
}
