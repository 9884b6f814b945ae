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
        for name in names { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
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
