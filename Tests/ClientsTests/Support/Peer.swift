import Glibc
import Sockets
import TestSupport
import Testing

/// A running program of another language: what it reads and prints is one socket.
///
/// Killed, with all that it started, when nobody refers to it any more.
final class Peer: Sendable {
    /// Its standard input and output.
    let stream: StreamConnection
    private let processID: pid_t

    /// The repository.
    static let root = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }

    /// What a browser is given, by its path: files of the repository.
    static let pages = [
        "/": "Tests/ClientsTests/Peers/page.html",
        "/page.js": "Tests/ClientsTests/Peers/page.js",
        "/switchboard.js": "Clients/JavaScript/switchboard.js",
        "/test.html": "Clients/JavaScript/test.html",
        "/test.js": "Clients/JavaScript/test.js",
    ]

    static func text(of file: String) throws -> String {
        guard let stream = unsafe fopen("\(root)/\(file)", "r") else {
            throw SocketError(.closed, in: .receive, detail: "no file \(file)")
        }
        defer { unsafe fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    /// The Python client's program of Peers/talk.py, which is given its part and where to connect.
    static func python(_ arguments: String...) throws -> Peer {
        try Peer(
            ["python3", "-u", "\(root)/Tests/ClientsTests/Peers/talk.py", "\(root)/Clients/Python"]
                + arguments
        )
    }

    /// Chromium at a URL, without a window.
    static func browser(_ url: String, profile: String) throws -> Peer {
        try Peer(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--remote-debugging-port=0", "--user-data-dir=\(profile)", url,
            ],
            isQuiet: true
        )
    }

    /// Starts a program; `isQuiet` leaves what it has to complain about unheard.
    init(_ words: [String], isQuiet: Bool = false) throws {
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
        if isQuiet {
            unsafe posix_spawn_file_actions_addopen(
                &actions,
                STDERR_FILENO,
                "/dev/null",
                O_WRONLY,
                0
            )
        }
        // A group of its own, so that a browser's many processes end with it; and all signals, which
        // threads of the test's pools block.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK)
        )
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID: pid_t = 0
        let error = unsafe posix_spawnp(
            &processID,
            words[0],
            &actions,
            &attributes,
            pointers,
            environ
        )
        try #require(error == 0, "\(words[0]) could not be started: errno \(error)")
        self.processID = processID
    }

    deinit {
        kill(-processID, SIGKILL)
        _ = waitpid(processID, nil, 0)
    }

    /// Everything that it prints, to its end.
    func output() async throws -> String {
        var bytes: [UInt8] = []
        var buffer = ByteBuffer()
        while try await stream.receive(into: &buffer) > 0 {
            bytes += buffer.array()
            buffer.clear()
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Programs that may be missing, which is said once.
enum Programs {
    static let python = isThere("python3", "import sys; assert sys.version_info >= (3, 11)")
    static let chromium = isThere("chromium", nil)

    private static func isThere(_ name: String, _ check: String?) -> Bool {
        let words = check.map { [name, "-c", $0] } ?? ["sh", "-c", "command -v \(name)"]
        let isThere = (try? run(words)) != nil
        if !isThere { print("SKIPPED: the tests with \(name), which is missing or too old") }
        return isThere
    }
}
