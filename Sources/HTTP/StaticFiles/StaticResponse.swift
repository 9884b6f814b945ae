public import Files
public import HTTPTypes

/// What to send: a head, and a body in pieces.
///
/// If a file is shorter by the time it is sent than it was when the head was made (truncated in
/// place), fewer bytes come than Content-Length says: close the connection then. That is the only way
/// left to tell the client, and a client must take it for an error (RFC 9112 §8).
public struct StaticResponse: Sendable {
    /// Status and fields.
    ///
    /// Date, Connection and the like are the server's to add.
    public var head: HTTPResponse
    /// In order.
    ///
    /// Empty where there is no body, so for HEAD too, whose Content-Length is that of GET; a listing is
    /// not made for HEAD, which has none then.
    public var body: [BodyPart]

    /// One piece of a body.
    public enum BodyPart: Sendable {
        /// These bytes.
        case bytes([UInt8])
        /// These of the file: sendfile(2), or ``OpenFile/read(into:at:)``.
        case file(OpenFile, Range<Int>)

        /// In bytes.
        public var size: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, let range): range.count
            }
        }
    }

    /// Of all pieces together, in bytes.
    public var bodySize: Int { body.reduce(0) { $0 + $1.size } }

    /// A response with fields, and a body whose size is said.
    init(_ status: HTTPResponse.Status, fields: HTTPFields = [:], body: [BodyPart] = []) {
        self.body = body
        var fields = fields
        // A browser must not guess a type that was not said: text would become a page.
        fields.add(.xContentTypeOptions, "nosniff")
        // RFC 9110 §8.6: not in a 204, and not in a 304, where it would be another response's.
        if status != .noContent, status != .notModified {
            fields.add(.contentLength, String(body.reduce(0) { $0 + $1.size }))
        }
        head = HTTPResponse(status: status, headerFields: fields)
    }

    /// A response that says in a line what is wrong.
    static func problem(
        _ status: HTTPResponse.Status,
        _ words: String? = nil,
        fields: HTTPFields = [:]
    ) -> StaticResponse {
        var fields = fields
        fields[.contentType] = "text/plain; charset=utf-8"
        let line = "\(status.code) \(words ?? status.reasonPhrase)\n"
        return StaticResponse(status, fields: fields, body: [.bytes(Array(line.utf8))])
    }

    /// The same for HEAD: no body, all fields.
    var withoutBody: StaticResponse {
        var response = self
        response.body = []
        return response
    }
}

/// What to do with a request.
public enum StaticPlan: Sendable {
    /// Send this; a body that the request has is of no interest.
    case respond(StaticResponse)
    /// Say 100 Continue if the client waits for it, feed the body to this, send what it answers.
    case receive(StaticUpload)
}

extension HTTPFields {
    /// Adds a field that is not there yet: without looking for it, which `self[name] = value` does.
    mutating func add(_ name: HTTPField.Name, _ value: String) {
        append(HTTPField(name: name, value: value))
    }
}
