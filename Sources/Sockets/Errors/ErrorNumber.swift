internal import CLinux

/// An errno for people: the one place that puts it into words.
package enum ErrorNumber {
    /// Its name: `ENOENT`.
    package static func name(_ error: CInt) -> String {
        guard let name = unsafe clinux_error_name(error) else { return "errno \(error)" }
        return unsafe String(cString: name)
    }

    /// What it means, and its name: `no such file or directory (ENOENT)`.
    package static func words(_ error: CInt) -> String {
        guard let words = unsafe clinux_error_words(error) else { return name(error) }
        return unsafe "\(String(cString: words).lowercased()) (\(name(error)))"
    }
}
