public import Files
internal import Glibc
public import HTTPTypes

extension FileError {
    /// The status that tells a client about it, and no more than it should know.
    ///
    /// A link that leaves the root (EXDEV) and a file that is not there are the same 404: what is
    /// outside is nobody's business.
    public var status: HTTPResponse.Status {
        switch errno {
        case ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, ENXIO, ENODEV: .notFound
        case EACCES, EPERM, EROFS: .forbidden
        // EAGAIN: renames raced with `..` in a link more often than we try again, or a lease holds
        // the file.
        case EMFILE, ENFILE, ENOMEM, EAGAIN: .serviceUnavailable
        case ENOSPC, EDQUOT: .insufficientStorage
        case EFBIG: .contentTooLarge
        default: .internalServerError
        }
    }
}

extension HTTPResponse.Status {
    /// 507, of WebDAV (RFC 4918 §11.5), and the only one that says "the disk is full".
    static let insufficientStorage = Self(code: 507, reasonPhrase: "Insufficient Storage")
}
