import Foundation
import Glibc
import Testing

/// A folder of one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("static-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in place, with the folders on its way.
    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)",
            withDestinationPath: target
        )
    }

    func target(of name: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(name)")
    }

    func text(_ name: String) throws -> String {
        try String(
            decoding: Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")),
            as: UTF8.self
        )
    }

    /// rename(2): over what has the name.
    func rename(_ name: String, to other: String) throws {
        try #require(unsafe Glibc.rename("\(path)/\(name)", "\(path)/\(other)") == 0)
    }

    /// truncate(2): in place, shorter or longer.
    func truncate(_ name: String, to size: Int) throws {
        try #require(unsafe Glibc.truncate("\(path)/\(name)", size) == 0)
    }

    func setPermissions(_ name: String, _ permissions: mode_t) throws {
        try #require(unsafe chmod("\(path)/\(name)", permissions) == 0)
    }

    func permissions(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(unsafe stat("\(path)/\(name)", &status) == 0)
        return status.st_mode & 0o777
    }

    func makeFIFO(_ name: String) throws {
        try #require(unsafe mkfifo("\(path)/\(name)", 0o600) == 0)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// Every name in it, hidden ones too.
    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }

    func setModified(_ name: String, secondsSinceEpoch: Int) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(secondsSinceEpoch))],
            ofItemAtPath: "\(path)/\(name)"
        )
    }
}

/// How many descriptors this process has open to what is beneath a temporary folder; other tests of
/// the process do not count.
func openDescriptors(beneath folder: TemporaryFolder) throws -> Int {
    let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return numbers.count { number in
        let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/fd/\(number)"
        )
        return target?.hasPrefix(folder.path) ?? false
    }
}
