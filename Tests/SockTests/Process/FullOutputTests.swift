import Foundation
import Testing

/// A standard output that takes nothing: status 1 and a word, whatever was to be written.
@Suite struct FullOutputTests {
    static let commands = [
        ["--help"], ["--version"], ["listen", "--help"], ["help", "connect"],
        ["--generate-completion-script", "bash"], ["resolve", "127.0.0.1"],
        ["resolve", "--json", "127.0.0.1"], ["chat"],
    ]

    private func outcome(_ redirection: String, _ arguments: [String]) throws -> Program.Outcome {
        let script = "exec \"$0\" \"$@\" \(redirection)"
        return try Program(["bash", "-c", script, SockProgram.path] + arguments).wait()
    }

    @Test(arguments: commands) func aFullDiskIsTold(_ command: [String]) throws {
        let outcome = try outcome(">/dev/full", command)
        #expect(outcome.status == 1)
        let words = "write the standard output: no space left on device (ENOSPC)"
        guard command.contains("--json") else {
            #expect(outcome.errors == "sock: \(words)\n")
            return
        }
        let event = try jsonObject(outcome.errors)
        #expect(event["event"] as? String == "failed")
        #expect(event["message"] as? String == words)
    }

    /// `| head`: there is nobody who wants to know.
    @Test(arguments: commands) func aReaderThatHasGoneIsNotToldOf(_ command: [String]) throws {
        // Opened for both, so that nobody is waited for, and then for writing only, without a reader.
        let script = """
            folder=$(mktemp -d); mkfifo "$folder/p"; exec 3<>"$folder/p" 4>"$folder/p" 3<&-
            rm -r "$folder"; exec "$0" "$@" >&4
            """
        let outcome = try Program(["bash", "-c", script, SockProgram.path] + command).wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors.isEmpty)
    }

    @Test(arguments: [
        (["ping", "127.0.0.1", "-c", "1"], "ping"), (["scan", "127.0.0.1", "1"], "scan"),
        (["trace", "127.0.0.1"], "trace"),
    ])
    func resultsOnAFullDiskAreTold(_ command: [String], _ name: String) throws {
        let outcome = try outcome(">/dev/full", command + (name == "scan" ? ["--json"] : []))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("write the standard output: no space left on device"))
    }
}
