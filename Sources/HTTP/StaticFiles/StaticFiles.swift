internal import CLinux
public import Files
internal import Glibc
public import HTTPTypes

/// A folder, served over HTTP: RFC 9110's GET, HEAD, OPTIONS, ranges and conditions, and PUT if asked
/// for.
///
/// ```swift
/// let files = try StaticFiles(root: "/srv/www")
/// switch files.plan(for: request) {
/// case .respond(let response): …   // send response.head, then each part of response.body
/// case .receive(let upload): …     // feed it the body
/// }
/// ```
///
/// Safe by the kernel's own word: each path is resolved by openat2(2) beneath the root
/// (RESOLVE_BENEATH), so neither `..` nor a link, nor a rename at the wrong moment, leads out. Links
/// that stay beneath are followed if they are relative; those that leave, and all absolute ones, are
/// 404. Only regular files and folders are served.
public struct StaticFiles: Sendable {
    /// What it is served like.
    public let options: StaticFileOptions
    let root: Folder

    /// Opens the root once: a folder renamed or replaced later is not followed.
    ///
    /// - Throws: If it is not a folder, or the kernel has no openat2(2) (Linux 5.6): nothing else
    ///   keeps links within the root without races, so there is no second way.
    public init(
        root path: String,
        options: StaticFileOptions = StaticFileOptions()
    ) throws(StaticFilesError) {
        try self.init(root: BytePath(path), options: options)
    }

    /// Opens a root whose name need not be UTF-8.
    ///
    /// - Throws: As ``init(root:options:)-(String,_)``.
    public init(
        root path: BytePath,
        options: StaticFileOptions = StaticFileOptions()
    ) throws(StaticFilesError) {
        precondition(options.listingLimit >= 0, "a negative number of entries")
        self.options = options
        do throws(FileError) {
            root = Folder(try FileCalls.openRoot(path))
            _ = try root.status([UInt8(ascii: ".")])
        } catch {
            throw StaticFilesError(path: path, error)
        }
    }

    /// What to do with a request: opens what it asks for, and decides all but the sending.
    ///
    /// Runs where it is called and does not wait for a peer: an openat2(2) and an fstat(2), a few
    /// microseconds where the folder is on this machine. A listing, which only GET makes, reads the whole
    /// folder and stats each entry of its page: milliseconds in a large one. On a network file system any of them may take as long as the network does; call it on a thread that may
    /// wait there. Never fails: what is wrong is a response.
    public func plan(for request: HTTPRequest) -> StaticPlan {
        plan(for: request, now: FileCalls.now())
    }

    func plan(for request: HTTPRequest, now: HTTPDate) -> StaticPlan {
        switch request.method {
        case .get: return .respond(read(request, now).response)
        case .head: return .respond(read(request, now).response.withoutBody)
        case .put:
            guard let uploads = options.uploads else { break }
            return receive(request, uploads, now)
        case .options: return .respond(StaticResponse(.noContent, fields: [.allow: allowed]))
        default: break
        }
        return .respond(.problem(.methodNotAllowed, fields: [.allow: allowed]))
    }

    private var allowed: String {
        options.uploads == nil ? "GET, HEAD, OPTIONS" : "GET, HEAD, OPTIONS, PUT"
    }

    /// Where a request leads, or the response that it leads nowhere.
    func path(of request: HTTPRequest) throws(RefusedPath) -> RequestPath {
        let path: RequestPath
        do throws(RequestPath.Problem) {
            path = try RequestPath(parsing: request.path ?? "")
        } catch {
            throw RefusedPath(
                response: error == .tooLong ? .problem(.uriTooLong) : .problem(.badRequest)
            )
        }
        let isUpload = path.segments.contains(PartialUploads.folderName)
        if isUpload || path.isHidden && !options.showsHiddenFiles {
            throw RefusedPath(response: .problem(.notFound))
        }
        return path
    }

    /// A path that is not looked for.
    struct RefusedPath: Error {
        let response: StaticResponse
    }
}

extension StaticFilesError {
    init(path: BytePath, _ error: FileError) {
        self.path = path
        errno = error.errno
        let words: String? =
            switch error.errno {
            case ENOSYS: "this kernel has no openat2(2), which Linux has since 5.6"
            case EPERM: "openat2(2) is not permitted, perhaps by a container's seccomp filter"
            case ENOENT: "no such folder"
            case ENOTDIR: "not a folder"
            case EACCES: "permission denied"
            default: nil
            }
        reason = words.map { "\($0) (\(error.name))" } ?? "\(error)"
    }
}
