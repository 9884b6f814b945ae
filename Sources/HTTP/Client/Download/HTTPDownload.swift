public import Files
internal import Glibc
public import HTTPCodec
internal import Sockets

/// Something at a URL, into a file: resumed where it was cut, complete or not there.
///
/// ```swift
/// let download = HTTPDownload("https://example.org/big.iso", to: "big.iso")
/// try await download.run(with: client) { print($0.size, $0.total ?? 0) }
/// ```
/// The bytes gather in `big.iso.part`; `big.iso` is the file of before, or all of the new one. A part of
/// an earlier run is continued (`Range`, `If-Range`) when the server's strong entity tag, or date, says
/// that it is a part of what is there now, and replaced otherwise.
public struct HTTPDownload: Sendable {
    /// What to get.
    public let url: HTTPURL

    /// Where to.
    public let path: String

    /// Fields of each request, such as `Authorization`.
    public var fields: HTTPFields = [:]

    /// How many attempts in a row may fail without a new byte before it is given up.
    ///
    /// Arbitrary: about a minute.
    public var failureLimit = 8

    /// A download.
    public init(_ url: HTTPURL, to path: String) {
        self.url = url
        self.path = path
    }

    /// How far a download is.
    public struct Progress: Hashable, Sendable {
        /// Bytes in the file.
        public var size = 0

        /// The size of the whole, if it is known.
        public var total: Int?

        /// Of ``size``, what was there when the run began, and could be kept.
        public var resumedSize = 0

        /// Failed attempts so far.
        public var failureCount = 0
    }

    /// Gets the file.
    ///
    /// A connection that drops is made anew after a pause, for as long as bytes come; so are answers 5xx,
    /// 408 and 429. Cancellation and deadlines keep the part, for another run.
    ///
    /// - Parameters:
    ///   - client: Who asks; whether redirects are followed is its own.
    ///   - onProgress: Called with each piece, and after each failed attempt. Must not block.
    /// - Returns: How it ended.
    /// - Throws: ``HTTPClientError``, the last one; ``HTTPDownloadError``.
    @discardableResult
    public func run(
        with client: HTTPClient,
        onProgress: (Progress) -> Void = { _ in }
    ) async throws -> Progress {
        let file = try opened()
        var run = DownloadRun(self, file)
        while true {
            do {
                if try await run.attempt(with: client, onProgress) { break }
            } catch let error as HTTPClientError {
                guard run.notesFailure(error), !Deadline.current.hasPassed else { throw error }
                onProgress(run.progress)
                try await EventLoopGroup.shared.next().sleep(until: .after(run.pause()))
            } catch let error as FileError {
                throw HTTPDownloadError.file(path, error)
            }
        }
        do throws(FileError) {
            try file.finish()
        } catch {
            throw .file(path, error) as HTTPDownloadError
        }
        return run.progress
    }

    private func opened() throws(HTTPDownloadError) -> DownloadFile {
        do throws(FileError) {
            return try DownloadFile(path)
        } catch {
            throw .file(path, error)
        }
    }
}

/// What ends a download besides its requests.
public enum HTTPDownloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be written; `EBUSY`: another download is writing it.
    case file(String, FileError)

    /// The server sent a part that nobody asked for.
    case mismatch(HTTPURL)

    /// One line.
    public var description: String {
        switch self {
        case .file(let path, let error) where error.errno == EBUSY:
            "download to \(path): another download writes it (EBUSY)"
        case .file(let path, let error): "download to \(path): \(error)"
        case .mismatch(let url): "download of \(url): the server sent a part of something else"
        }
    }
}
