import Files
import Glibc

/// The file that packets are written to, opened and not yet touched.
final class CaptureFile: Sendable {
    /// As the user called it, for people.
    let name: String
    let descriptor: CInt

    /// Opens a file, for its owner only: packets may hold secrets.
    init(_ path: BytePath) throws(Failure) {
        guard path != "-" else {
            (name, descriptor) = ("the standard output", STDOUT_FILENO)
            return
        }
        name = path.printable
        descriptor = try PrivateFile.open(path)
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

    /// Empties it, when the capture has begun.
    func begin() {
        if descriptor != STDOUT_FILENO { PrivateFile.empty(descriptor) }
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        let error = Blocking.write(bytes, to: descriptor)
        guard error != 0 else { return }
        // A reader that has gone away is nothing to talk about: `sock capture -o - | head`.
        throw error == EPIPE
            ? Failure(.failed) : Failure(SystemError(number: error), "write \(name)")
    }
}
