import Files
import Glibc

/// A file that is written for its owner alone, since what goes into it may be secret: packets, and
/// recorded conversations.
///
/// What is no file, such as a device, a FIFO or the pipe behind `/dev/stdout`, is written as it is.
enum PrivateFile {
    /// Opens it, without emptying it; a new one, and a file of ours that was there, has the mode 0600.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - kind: What it is to be, as errors name it: "the recording ".
    /// - Returns: The descriptor, the caller's.
    /// - Throws: Also for a link to a file, behind which somebody else may have put one of ours, and for
    ///   a file of another user, who could read it.
    static func open(_ path: BytePath, as kind: String = "") throws(Failure) -> CInt {
        var isLink = false
        let (name, words) = (path.bytes.cString, path.printable)
        var number = unsafe Glibc.open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0, errno == ELOOP {
            isLink = true
            number = unsafe Glibc.open(name, O_WRONLY | O_CLOEXEC)
            if number < 0, errno == ENOENT {
                throw Failure(.failed, "\(words) is a link to a file that is not there")
            }
        }
        guard number >= 0 else { throw Failure(SystemError(number: errno), "open \(kind)\(words)") }
        if let reason = refusal(number, isLink: isLink) {
            close(number)
            throw Failure(.failed, "\(words) \(reason)")
        }
        return number
    }

    /// Empties it, if it is a file.
    static func empty(_ number: CInt) { _ = ftruncate(number, 0) }

    /// Why nothing secret is to be written there; nil when it may.
    private static func refusal(_ number: CInt, isLink: Bool) -> String? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        if isLink { return "is a link to a file: name the file itself" }
        guard status.st_uid == geteuid() || status.st_uid == caller else {
            return "belongs to another user, who could read it"
        }
        if status.st_mode & 0o077 != 0, fchmod(number, 0o600) != 0 {
            return "can be read by others, and that cannot be changed"
        }
        return nil
    }

    /// Who called sudo(8), if that runs us.
    private static var caller: uid_t? {
        guard geteuid() == 0, let text = unsafe getenv("SUDO_UID") else { return nil }
        return uid_t(unsafe String(cString: text))
    }
}
