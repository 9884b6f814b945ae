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
/// The bytes gather in `big.iso.part`; `big.iso` is the file of before, or all of the new one, which keeps its
/// owner, group and mode. A part of an earlier run is continued (`Range`, `If-Range`) when the server's strong
/// entity tag, or date, says that it is a part of what is there now, and replaced otherwise. A part that
/// another program made is left alone: ours is `big.iso.2.part` then. A link is followed; a device or a FIFO
/// cannot be downloaded to, because nothing in it could be continued.
public struct HTTPDownload: Sendable {
    /// What to get.
    public let url: HTTPURL

    /// Where to.
    public let path: BytePath

    /// Fields of each request, such as `Authorization`.
    ///
    /// With a `Range` among them, what comes is that range, and is not continued.
    public var fields: HTTPFields = [:]

    /// How many attempts in a row may fail without a new byte before it is given up.
    ///
    /// Arbitrary: about a minute.
    public var failureLimit = 8

    /// A download into the file of this name, in UTF-8.
    public init(_ url: HTTPURL, to path: String) { self.init(url, to: BytePath(path)) }

    /// A download into a file whose name need not be UTF-8.
    public init(_ url: HTTPURL, to path: BytePath) {
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

        /// The part, while another run could continue it: its path.
        public var part: BytePath?

        /// How often what was there was of no use, and all of it had to come again.
        public var restartCount = 0

        /// The last time.
        public var restart: Restart?

        /// Nothing yet.
        public init() {}
    }

    /// Bytes that were there, and could not be kept.
    public struct Restart: Hashable, Sendable {
        /// Why a download begins again.
        public enum Reason: Hashable, Sendable {
            /// They are a part of what was at another URL.
            case otherSource
            /// The server had said nothing that tells one version from another: a strong entity tag, or a
            /// date that is as good (RFC 9110 §13.1.5).
            case unverifiable
            /// The server has something else now.
            case changed
            /// The server does not send the rest alone.
            case notContinued
        }

        /// How many.
        public let size: Int

        /// Why.
        public let reason: Reason
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
        do {
            try await fill(&run, with: client, onProgress)
            try file.finish()
        } catch {
            // What the next run cannot continue is of no use to anybody.
            if run.progress.part == nil { file.discard() }
            if let error = error as? FileError { throw HTTPDownloadError.file(path, error) }
            throw error
        }
        return run.progress
    }

    private func fill(
        _ run: inout DownloadRun,
        with client: HTTPClient,
        _ onProgress: (Progress) -> Void
    ) async throws {
        onProgress(run.progress)
        while true {
            do {
                if try await run.attempt(with: client, onProgress) { return }
            } catch let error as HTTPClientError {
                guard run.notesFailure(error), !Deadline.current.hasPassed else { throw error }
                onProgress(run.progress)
                try await EventLoopGroup.shared.next().sleep(until: .after(run.pause()))
            }
        }
    }

    private func opened() throws(HTTPDownloadError) -> DownloadFile {
        do throws(FileError) {
            switch try WriteTarget(path.bytes) {
            case .file(let place): return try DownloadFile(place)
            case .stream: throw FileError(errno: ESPIPE)
            }
        } catch {
            throw .file(path, error)
        }
    }
}

/// What ends a download besides its requests.
public enum HTTPDownloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be written; `EBUSY`: another download is writing it; `EISDIR`: it is a folder; `ESPIPE`: it is
    /// a device or a FIFO; `EEXIST`: every name for its part is taken by another program's file.
    case file(BytePath, FileError)

    /// The server sent a part that nobody asked for.
    case mismatch(HTTPURL)

    /// One line.
    public var description: String {
        switch self {
        case .file(let path, let error): "download to \(path.printable): \(Self.words(error))"
        case .mismatch(let url): "download of \(url): the server sent a part of something else"
        }
    }

    /// Whether the file is a folder.
    package var isOfFolder: Bool {
        if case .file(_, let error) = self { error.errno == EISDIR } else { false }
    }

    /// What these errors mean for a download.
    private static func words(_ error: FileError) -> String {
        switch error.errno {
        case EBUSY: "another download is writing it"
        case EEXIST: "all names for its part are taken by files of others"
        case EISDIR: "it is a folder"
        case ESPIPE: "it is no regular file, so nothing in it could be continued"
        default: "\(error)"
        }
    }
}
