import Foundation
import Testing

/// A running `sock serve` of a folder, on a free port.
struct ServedFolder {
    let program: Program
    /// Without a slash at the end: `http://127.0.0.1:40001`.
    let url: String
    let folder: String

    var port: String { String(url.split(separator: ":").last ?? "") }

    init(
        _ folder: String,
        _ arguments: String...,
        listen: String = "127.0.0.1:0",
        flags: [String] = [],
        environment: [String] = [],
        sock: String = SockProgram.path
    ) throws {
        self.folder = folder
        program = try Program(
            environment + [sock, "serve", folder, "--listen", listen] + arguments + flags
        )
        let line = try #require(program.errorLine())
        try #require(line.hasPrefix("serving \(folder) on http"), "\(line)")
        let words = line.split(separator: " ")
        let url = try #require(words.first { $0.hasPrefix("http") })
        self.url = String(url.split(separator: ",")[0].dropLast())
        if self.url.hasPrefix("https") {
            for word in ["the certificate is for ", "  "] {
                let line = try #require(program.errorLine())
                try #require(line.hasPrefix(word), "\(line)")
            }
        }
    }

    /// The URL of a path, every byte of it encoded that can be.
    func url(of path: String) -> String { url + "/" + Self.encoded(path) }

    static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if scalar == "/" || scalar.isASCII && Character(scalar).isLetter { return "\(scalar)" }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Waits until a file has lain still for long enough to have a strong tag, without which nothing of
    /// it is continued; false if it never has.
    func settles(_ path: String) -> Bool {
        comes { (try? curl("-f", "-I", url(of: path)).text.contains("ETag: \"")) == true }
    }

    func curl(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(["curl", "-sS", "-m", "50"] + arguments)
    }

    /// Everything the server answers to these bytes.
    func answer(to request: String) throws -> String {
        try Program.run(["nc", "-N", "127.0.0.1", port], input: .text(request)).text
    }

    /// Stops it with a signal; it is to end well.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> String {
        program.send(signal)
        let outcome = program.wait()
        #expect(outcome.status == 0)
        return outcome.errors
    }
}

/// Files to serve: empty, tiny, large, and with names that need care.
enum FileTree {
    static let names = [
        "empty", "one", "large.bin", "with space.txt", "grüße-日本語.txt", "100%.txt", "a%20b.txt",
        "q?x=1&y#z.txt", "quotes'\"<b>.html", "sub/inner.txt", "sub/deeper/+~!*().txt",
    ]
    static let largeSize = 5 << 20

    /// Makes them.
    static func make(in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/sub/deeper",
            withIntermediateDirectories: true
        )
        for name in names {
            let bytes =
                switch name {
                case "empty": Data()
                case "one": Data([10])
                case "large.bin": try randomBytes(largeSize)
                default: try randomBytes(1000)
                }
            try bytes.write(to: URL(fileURLWithPath: folder + "/" + name))
        }
    }
}

/// The bytes of a file; empty if there is none.
func bytes(_ path: String) -> Data { FileManager.default.contents(atPath: path) ?? Data() }

/// Waits for something of another program that nobody tells; false after twenty seconds.
func comes(_ isSo: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while !isSo() {
        if ContinuousClock.now > end { return false }
        usleep(10_000)
    }
    return true
}
