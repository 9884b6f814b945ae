import Glibc
import Testing

/// How many threads of this process have a name that begins so.
func threadCount(named prefix: String) throws -> Int {
    try entries(of: "/proc/self/task").filter { task in
        // A thread may end between listing and reading.
        guard let file = unsafe fopen("/proc/self/task/\(task)/comm", "r") else { return false }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&line, 64, file) != nil else { return false }
        let name = String(
            decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return name.hasPrefix(prefix)
    }.count
}

/// The names in a folder.
func entries(of folder: String) throws -> [String] {
    let stream = try unsafe #require(opendir(folder))
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) {
            unsafe String(cString: $0)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// What this process may open: RLIMIT_NOFILE.
///
/// Only in a process of its own (an exit test).
struct DescriptorLimit {
    private let before: rlimit

    /// Allows as many descriptors as there are numbers below `count`.
    static func lower(to count: Int) throws -> Self {
        var before = rlimit()
        try #require(unsafe getrlimit(__rlimit_resource_t(7), &before) == 0)  // RLIMIT_NOFILE
        var now = before
        now.rlim_cur = rlim_t(count)
        try #require(unsafe setrlimit(__rlimit_resource_t(7), &now) == 0)
        return Self(before: before)
    }

    func restore() {
        var before = before
        _ = unsafe setrlimit(__rlimit_resource_t(7), &before)
    }
}

/// The processor time this process has used.
func processorTime() -> Duration {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// A folder of the test's own, removed with everything in it.
func withTemporaryFolder<Result>(
    _ body: (_ path: String) async throws -> Result
) async throws -> Result {
    var template = Array("/tmp/switchboard-XXXXXX".utf8CString)
    let folder = unsafe String(cString: try #require(mkdtemp(&template)))
    defer {
        for name in (try? entries(of: folder)) ?? [] { unsafe unlink("\(folder)/\(name)") }
        unsafe rmdir(folder)
    }
    return try await body(folder)
}

/// Whether there is a file of that name.
func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
