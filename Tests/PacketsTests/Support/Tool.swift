import Glibc
import Testing

/// Programs of others that the tests compare with.
enum Tool {
    /// Whether the program is on the PATH.
    static func isInstalled(_ name: String) -> Bool {
        (try? output("command -v \(name)")).map { !$0.isEmpty } ?? false
    }

    /// What a shell command prints, with `input` as its standard input.
    ///
    /// - Throws: ``Failure`` if it exits with another status than 0.
    static func output(_ command: String, input: [UInt8] = []) throws -> String {
        // A file rather than a pipe: nobody has to read and write at once.
        let file = unsafe try #require(tmpfile())
        defer { unsafe fclose(file) }
        // Safe: as many bytes are read from the array as it has.
        try #require(unsafe fwrite(input, 1, input.count, file) == input.count)
        try #require(unsafe fflush(file) == 0)
        // By name: a shell need not know descriptors of two digits.
        let shell = unsafe "(\(command)) </proc/\(getpid())/fd/\(fileno(file)) 2>&1"
        let pipe = unsafe try #require(popen(shell, "r"))
        var text: [UInt8] = []
        while true {
            let byte = unsafe fgetc(pipe)
            guard byte != EOF else { break }
            text.append(UInt8(truncatingIfNeeded: byte))
        }
        let status = unsafe pclose(pipe)
        let output = String(decoding: text, as: UTF8.self)
        guard status == 0 else { throw Failure(command: command, output: output) }
        return output
    }

    /// A command that failed, and what it said.
    struct Failure: Error {
        let command: String
        let output: String
    }
}
