import Glibc

/// A program of the system that a test needs, run to its end: posix_spawn(3).
public struct CommandFailed: Error, CustomStringConvertible {
    /// The program and how it ended.
    public let description: String
}

/// Runs a program found in PATH, and returns what it wrote on stdout.
///
/// Blocks: for short programs only. stderr goes to the test's own.
///
/// - Throws: ``CommandFailed`` with the exit status.
@discardableResult
public func run(_ arguments: String...) throws -> String { try run(arguments) }

/// Runs a program with an array of arguments.
@discardableResult
public func run(_ arguments: [String]) throws -> String {
    var ends: [CInt] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw CommandFailed(description: "pipe: \(errno)") }
    defer { close(ends[0]) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
    var pid = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in arguments.indices { unsafe free(words[index]) } }
    let error = unsafe posix_spawnp(&pid, arguments[0], &actions, nil, &words, unsafe environ)
    close(ends[1])
    guard error == 0 else {
        throw CommandFailed(
            description: "\(arguments[0]): \(unsafe String(cString: strerror(error)))"
        )
    }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe read(ends[0], &chunk, chunk.count)
        if count > 0 { output += chunk[..<count] } else if count == 0 || errno != EINTR { break }
    }
    var status: CInt = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
        let text = arguments.joined(separator: " ")
        throw CommandFailed(description: "`\(text)` ended with status \(status >> 8)")
    }
    return String(decoding: output, as: UTF8.self)
}
