import HTTPTypes

/// What a field does to the message or the connection, for those that do something here.
enum FieldRole: Sendable {
    case ordinary
    case host
    case contentLength
    case transferEncoding
    case connection
    case upgrade
    case expect

    /// Means nothing here but must be known before the body is read, so it cannot come after it.
    case headOnly

    init(of name: HTTPField.Name) {
        self =
            switch name {
            // HTTPTypes has no constant for it, because it belongs in a request's authority.
            case _ where name.canonicalName == "host": .host
            case .contentLength: .contentLength
            case .transferEncoding: .transferEncoding
            case .connection: .connection
            case .upgrade: .upgrade
            case .expect: .expect
            case _ where Self.headOnlyNames.contains(name): .headOnly
            default: .ordinary
            }
    }

    /// The role of the fields that the serializer writes itself; all others are ordinary.
    init(ofFraming name: HTTPField.Name) {
        self =
            switch name.canonicalName {
            case "host": .host
            case "content-length": .contentLength
            case "transfer-encoding": .transferEncoding
            default: .ordinary
            }
    }

    /// Whether it frames, routes, modifies or authenticates the message, or says what its body is:
    /// then it must not be a trailer (RFC 9110 §6.5.1).
    var isForbiddenInTrailers: Bool { self != .ordinary }

    private static let headOnlyNames: Set<HTTPField.Name> = [
        .authorization, .cacheControl, .contentEncoding, .contentRange, .contentType, .cookie,
        .ifMatch, .ifModifiedSince, .ifNoneMatch, .ifRange, .ifUnmodifiedSince, .maxForwards,
        .proxyAuthenticate, .proxyAuthorization, .range, .setCookie, .te, .trailer,
        .wwwAuthenticate,
    ]
}
