internal import HTTPTypes

/// The fields of resumable uploads, as the IETF's draft names them (draft-ietf-httpbis-resumable-upload).
///
/// A client that knows nothing but RFC 9110 needs one of them: `Upload-Offset` says where to go on.
enum UploadFields {
    /// How much of it is here, in bytes.
    static let offset = name("Upload-Offset")
    /// How much it will be, in bytes.
    static let length = name("Upload-Length")
    /// `?1` or `?0` (RFC 9651's boolean): whether all of it is here.
    static let complete = name("Upload-Complete")

    private static func name(_ token: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(token) else { preconditionFailure("\(token) is a token") }
        return name
    }

    /// Of an upload that is not complete.
    static func unfinished(offset: Int, total: Int?) -> HTTPFields {
        var fields: HTTPFields = [
            Self.offset: String(offset), complete: "?0", .cacheControl: "no-store",
        ]
        if let total { fields[length] = String(total) }
        return fields
    }
}
