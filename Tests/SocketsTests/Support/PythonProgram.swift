import Glibc
import Testing

@testable import Sockets

/// Another process with another implementation of sockets: a Python program.
///
/// Killed when nobody refers to it any more.
final class PythonProgram: Sendable {
    let processID: pid_t

    /// Starts a program; its arguments are in `sys.argv[1:]`.
    init(_ text: String, _ arguments: String...) throws {
        let words = ["python3", "-c", "import sys, os, socket\n" + text] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID: pid_t = 0
        let error = unsafe posix_spawnp(&processID, "python3", nil, nil, pointers, environ)
        try #require(error == 0, "python3 could not be started: errno \(error)")
        self.processID = processID
    }

    deinit {
        if kill(processID, 0) == 0 {
            kill(processID, SIGKILL)
            _ = waitpid(processID, nil, 0)
        }
    }

    /// Waits for its end; zero when it ended well.
    func status() async throws -> CInt {
        var status: CInt = -1
        try await eventually(within: .seconds(30)) {
            unsafe waitpid(processID, &status, WNOHANG) == processID
        }
        return status
    }
}
