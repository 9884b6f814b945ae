import Foundation
import Testing

/// A folder to send from and one to receive into, for tests whose names are no texts: the scripts that
/// make and look at them are run by Python, which takes bytes.
struct TransferFolders {
    let from: String
    let into: String

    /// Runs `body` with both, and removes them.
    static func with(_ body: (Self) throws -> Void) throws {
        try withFolder { folder in
            let folders = Self(from: folder + "/from", into: folder + "/into")
            for path in [folders.from, folders.into] {
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
            }
            try body(folders)
        }
    }

    /// Python with `f` and `i`, the two folders as bytes, and `put(path, bytes, mode)`; gives what it
    /// prints.
    @discardableResult
    func python(_ script: String) throws -> String {
        let preamble = """
            import os, stat, sys
            f, i = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2])
            def put(path, data=b"x", mode=0o644):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file: file.write(data)
                os.chmod(path, mode)
            def tree(top):
                return sorted(os.path.relpath(os.path.join(d, n), top) + end for d, ds, ns in os.walk(top)
                              for names, end in ((ns, b""), (ds, b"/")) for n in names)

            """
        let outcome = try Program.run(["python3", "-c", preamble + script, from, into])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.text
    }

    /// `sock send` with arguments as Python writes them, `S` being the program.
    func send(_ arguments: String, _ endpoint: String) throws -> Program.Outcome {
        let script = """
            import os, sys
            f, i, e = (os.fsencode(x) for x in sys.argv[2:])
            os.execv(sys.argv[1], [b"sock", b"send"] + \(arguments) + [e])
            """
        return try Program.run(
            ["python3", "-c", script, SockProgram.path, from, into, endpoint]
        )
    }

    /// The mode of a file that has come, in octal digits.
    func mode(_ path: String) throws -> String {
        try python("print('%o' % (os.lstat(i + b'/' + os.fsencode('\(path)')).st_mode & 0o7777))")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What the umask of the tests, which is the programs' too, leaves of a mode.
    func masked(_ mode: String) throws -> String {
        try python("m = os.umask(0); os.umask(m); print('%o' % (0o\(mode) & ~m))")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
