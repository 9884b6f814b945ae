import Glibc
import Sockets

/// Asks for a password at the terminal, without showing it.
enum PasswordPrompt {
    /// How often it is looked whether the command is to end, in milliseconds.
    ///
    /// Arbitrary: nobody notices.
    private static let pause: CInt = 100
    /// The longest password in bytes.
    ///
    /// Arbitrary.
    private static let sizeLimit = 1024

    /// Reads a line from the standard input, which must be a terminal.
    static func password(of name: [UInt8], at url: String) throws -> [UInt8] {
        let name = String(decoding: name, as: UTF8.self).printable
        guard Terminal.isTerminal(STDIN_FILENO) else {
            throw Failure(.usage, "--user has no password for \(name), and no terminal to ask at")
        }
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw Failure(SystemError(number: errno), "set the terminal")
        }
        // ^C comes as a byte, so that the terminal is never left silent.
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw Failure(SystemError(number: errno), "set the terminal")
        }
        defer {
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            _ = Blocking.write(Array("\n".utf8), to: STDERR_FILENO)
        }
        _ = Blocking.write(Array("password of \(name) at \(url): ".utf8), to: STDERR_FILENO)
        return try line()
    }

    private static func line() throws -> [UInt8] {
        var line: [UInt8] = []
        while true {
            switch try nextByte() {
            case nil, 0x0A, 0x0D, 0x04: return line
            case 0x03: throw Failure(.interrupted(by: SIGINT))
            case 0x08, 0x7F: removeLetter(from: &line)
            case 0x15: line.removeAll()
            case let byte?:
                guard line.count < sizeLimit else {
                    throw Failure(.usage, "the password is over \(sizeLimit) bytes long")
                }
                line.append(byte)
            }
        }
    }

    /// The last letter, which may be of several bytes of UTF-8.
    private static func removeLetter(from line: inout [UInt8]) {
        while let last = line.popLast(), last & 0xC0 == 0x80 {}
    }

    /// Nil at the end.
    private static func nextByte() throws -> UInt8? {
        while true {
            try Task.checkCancellation()
            if Deadline.current.hasPassed { throw SocketError(.deadlinePassed, in: .receive) }
            var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, pause) > 0 else { continue }
            switch Blocking.read(STDIN_FILENO, atMost: 1) {
            case .success(let bytes): return bytes.first
            case .failure(let error): throw Failure(error, "read the password")
            }
        }
    }
}
