import Foundation
import Testing

/// The built `sock`, and listeners of it.
enum SockProgram {
    /// Beside the test bundle, where the package manager puts it.
    static let path: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for folder in [bundle.deletingLastPathComponent(), buildFolder] {
            let path = folder.appendingPathComponent("sock").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        fatalError("no sock beside \(bundle.path)")
    }()

    /// When the tests are run by a tool that is elsewhere: the bundle as it was mapped.
    private static var buildFolder: URL {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let bundle = maps.split(separator: "\n").compactMap { line -> String? in
            guard let slash = line.firstIndex(of: "/") else { return nil }
            let path = String(line[slash...])
            return path.hasSuffix(".xctest") ? path : nil
        }
        return URL(fileURLWithPath: bundle.first ?? "/").deletingLastPathComponent()
    }

    static func run(_ arguments: String..., input: Program.Input = .none) throws -> Program.Outcome
    {
        try Program.run([path] + arguments, input: input)
    }

    static func start(_ arguments: String..., input: Program.Input = .none) throws -> Program {
        try Program([path] + arguments, input: input)
    }
}

/// A `sock listen` that listens.
struct Listening {
    let program: Program
    /// What it said: `tcp://127.0.0.1:40001`.
    let endpoint: String

    init(
        _ arguments: String...,
        on endpoint: String = "127.0.0.1:0",
        input: Program.Input = .none,
        outputFile: String? = nil,
        appending: Bool = false,
        isJSON: Bool = false
    ) throws {
        program = try Program(
            [SockProgram.path, "listen", endpoint] + arguments,
            input: input,
            outputFile: outputFile,
            appending: appending
        )
        let line = try #require(program.errorLine())
        guard !isJSON else {
            let event = try jsonObject(line)
            self.endpoint = try #require(event["endpoint"] as? String)
            return
        }
        let words = "listening on "
        try #require(line.hasPrefix(words), "\(line)")
        self.endpoint = String(line.dropFirst(words.count))
    }

    var port: String { String(endpoint.split(separator: ":").last ?? "") }

    /// A client of another make, which half-closes at the end of its input.
    func netcat(_ input: Program.Input) throws -> Program {
        try Program(["nc", "-N", "127.0.0.1", port], input: input)
    }
}

/// A folder that is removed at the end.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("sock-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

/// Bytes that repeat nowhere: a piece that is lost, doubled or moved is noticed.
func randomBytes(_ count: Int) throws -> Data {
    let source = try #require(FileHandle(forReadingAtPath: "/dev/urandom"))
    return try #require(try source.read(upToCount: count))
}

/// A port on which nobody listens, as far as a moment ago.
func unusedPort() throws -> String {
    let script =
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
    let text = try Program.run(["python3", "-c", script]).text
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
}
