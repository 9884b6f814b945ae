import Foundation
import Synchronization

/// A running program: `sock` itself, or one that it talks to.
///
/// Everything blocks, with a limit: a program that hangs is killed, and fails its test.
final class Program: Sendable {
    /// How long any program may run.
    ///
    /// Arbitrary: a busy machine with two cores passes. Under a sanitizer everything takes many times as
    /// long.
    static let runLimit: TimeInterval =
        ProcessInfo.processInfo.environment["SOCK_TEST_SANITIZER"] == nil ? 60 : 300

    /// What a program reads.
    enum Input {
        /// These bytes, then the end.
        case bytes(Data)
        case file(String)
        /// Nothing, and no end until ``Program/endInput()``.
        case open

        static let none = Input.bytes(Data())
        static func text(_ text: String) -> Input { .bytes(Data(text.utf8)) }
    }

    /// What a program left.
    struct Outcome {
        let status: Int32
        let output: Data
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    fileprivate static let spawning = Mutex<Void>(())

    private let process = Process()
    private let input: Pipe?
    private let output: Collector
    private let errors: Collector

    init(
        _ arguments: [String],
        input: Input = .none,
        outputFile: String? = nil,
        appending: Bool = false,
        runLimit limit: TimeInterval? = nil
    ) throws {
        // A program that has ended reads nothing more, which is no reason for the tests to end.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        output = Collector()
        errors = Collector()
        if let outputFile {
            let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (appending ? O_APPEND : 0)
            process.standardOutput = FileHandle(
                fileDescriptor: unsafe open(outputFile, flags, 0o600),
                closeOnDealloc: true
            )
            output.end()
        } else {
            process.standardOutput = output.pipe
        }
        process.standardError = errors.pipe
        switch input {
        case .file(let path):
            self.input = nil
            process.standardInput = FileHandle(forReadingAtPath: path)
        case .bytes, .open:
            let pipe = Pipe.closedOnExec()
            self.input = pipe
            process.standardInput = pipe
        }
        // One at a time: a child that inherits another's pipe keeps that from ending.
        try Self.spawning.withLock { _ in try Self.withSignals { try process.run() } }
        if outputFile == nil { output.start() }
        errors.start()
        if case .bytes(let bytes) = input {
            type(bytes)
            endInput()
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + (limit ?? Self.runLimit)) {
            [process] in
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    /// Starts something with all signals let in: a child has the mask of the thread that starts it,
    /// and those of the test's pools block nearly all.
    private static func withSignals(_ body: () throws -> Void) throws {
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], input: Input = .none) throws -> Outcome {
        try Program(arguments, input: input).wait()
    }

    /// Gives it more to read.
    ///
    /// In the background: a program may take its time.
    func type(_ bytes: Data) {
        guard let input else { return }
        writing.async { try? input.fileHandleForWriting.write(contentsOf: bytes) }
    }

    func type(_ text: String) { type(Data(text.utf8)) }

    func endInput() {
        guard let input else { return }
        writing.async { try? input.fileHandleForWriting.close() }
    }

    private let writing = DispatchQueue(label: "input")

    /// The next line of its standard error; nil at the end.
    func errorLine() -> String? { errors.line() }

    /// The next line of its standard output; nil at the end.
    func outputLine() -> String? { output.line() }

    /// The rest of its standard output, once that has ended.
    func outputRest() -> Data { output.rest() }

    var processIdentifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func wait() -> Outcome {
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: output.rest(),
            errors: String(decoding: errors.rest(), as: UTF8.self)
        )
    }
}

extension Pipe {
    /// A pipe that only those children have who are given it.
    static func closedOnExec() -> Pipe {
        Program.spawning.withLock { _ in
            let pipe = Pipe()
            for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
            return pipe
        }
    }
}
