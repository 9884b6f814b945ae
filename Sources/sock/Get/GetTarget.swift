internal import Files
internal import HTTP
internal import Sockets

/// Where what is got goes to.
enum GetTarget {
    case standardOutput
    /// A regular file, or none so far.
    case file(BytePath)
    /// A device or a FIFO, which is written as it is: nothing in it is resumed, and nothing renamed over it.
    case stream(WriteTarget.Stream, path: BytePath)

    /// Names of the descriptor that `-` stands for, which its program opened: it is not opened anew.
    private static let namesOfOutput: [BytePath] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]

    /// Looks at what a path names, before anything is requested.
    init(_ path: BytePath, lastPathComponent: Substring) throws {
        guard path != "-", !Self.namesOfOutput.contains(path) else {
            self = .standardOutput
            return
        }
        do throws(FileError) {
            self =
                switch try WriteTarget(path.bytes) {
                case .file: .file(path)
                case .stream(let stream): .stream(stream, path: path)
                }
        } catch {
            let failure = HTTPDownloadError.file(path, error)
            guard failure.isOfFolder else { throw Failure(.failed, "\(failure)".printable) }
            let name = FileName(percentEncoded: lastPathComponent)?.text ?? "NAME"
            let example = path.appending(BytePath(name))
            throw Failure(
                .usage,
                "\(path.printable) is a folder: say a file in it, as in -o \(example.printable)"
            )
        }
    }

    /// Opens a stream, on a thread that may wait for the reader of a FIFO.
    static func open(_ stream: WriteTarget.Stream, path: BytePath) async throws -> OpenFile {
        let opened = Signal()
        let result = Lock<Result<OpenFile, FileError>?>(nil)
        try BackgroundThread.start {
            let file = Result { () throws(FileError) in try stream.open() }
            result.withLock { $0 = file }
            opened.set()
        }
        switch await opened.wait(until: .current) {
        case .cancelled: throw CancellationError()
        case .deadlinePassed: throw SocketError(.deadlinePassed, in: .send)
        case .set: break
        }
        switch result.withLock({ $0 }) {
        case .success(let file)?: return file
        case .failure(let error)?:
            throw Failure(.failed, "\(HTTPDownloadError.file(path, error))".printable)
        case nil: preconditionFailure("a file is said to be open that is not")
        }
    }
}
