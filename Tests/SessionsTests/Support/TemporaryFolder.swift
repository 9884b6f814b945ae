import Glibc
import Testing

/// A folder that goes when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/switchboard-sessions-XXXXXX".utf8CString)
        let isMade = unsafe mkdtemp(&template) != nil
        try #require(isMade)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        Self.empty(unsafe open(path, O_RDONLY | O_DIRECTORY))
        _ = unsafe rmdir(path)
    }

    /// Removes what is in a folder, whatever its name is and how long its path, and closes it.
    private static func empty(_ folder: CInt) {
        guard folder >= 0, let stream = unsafe fdopendir(folder) else { return }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name == [46, 0] || name == [46, 46, 0] { continue }  // . and ..
            if unsafe unlinkat(folder, name, 0) == 0 { continue }
            empty(unsafe openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
            _ = unsafe unlinkat(folder, name, AT_REMOVEDIR)
        }
    }

    /// What is in it, hidden files too.
    var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let opened = unsafe fopen("\(path)/\(name)", "w")
        guard let file = unsafe opened else { throw Missing(name: name) }
        let count = unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
        #expect(count == bytes.count)
    }

    func read(_ name: String) throws -> [UInt8] {
        let opened = unsafe fopen("\(path)/\(name)", "r")
        guard let file = unsafe opened else { throw Missing(name: name) }
        var bytes = [UInt8](repeating: 0, count: 20_000_000)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        unsafe fclose(file)
        return Array(bytes.prefix(count))
    }

    struct Missing: Error { let name: String }
}
