public import Sockets

/// Where to ask, and for what: an `http`, `https`, `ws` or `wss` URL (RFC 3986, RFC 9110 §4.2).
///
/// ```swift
/// let page: HTTPURL = "https://example.org/a?b"    // a literal: wrong text stops the program
/// let other = try HTTPURL(arguments[1])            // text from the world: wrong text throws
/// ```
/// Strict where URLs are dangerous: no user information, no control bytes, no backslash for a slash,
/// hosts as ``Sockets/Endpoint/Host`` reads them. Bytes that a target must not have are
/// percent-encoded, dot segments are resolved, and the fragment, which is never sent, is dropped.
public struct HTTPURL: Hashable, Sendable {
    /// What is spoken.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// HTTP over TCP.
        case http
        /// HTTP over TLS.
        case https
        /// A WebSocket over TCP (RFC 6455 §3).
        case ws
        /// A WebSocket over TLS.
        case wss

        /// Whether TLS is between.
        public var isSecure: Bool { self == .https || self == .wss }
    }

    /// What is spoken.
    public let scheme: Scheme

    /// Who is asked.
    public let origin: HTTPOrigin

    /// What for: path and query, percent-encoded, as a request line has them (RFC 9112 §3.2.1).
    ///
    /// Begins with `/`.
    public let target: String

    /// The host.
    public var host: Endpoint.Host { origin.host }

    /// The port, also where the text leaves it out.
    public var port: UInt16 { origin.port }

    /// Host without zone, and the port unless it is the scheme's own: what `Host` says.
    public var authority: String { origin.authority }

    /// The path, percent-encoded.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// The query without its question mark, percent-encoded; nil if there is none.
    public var query: Substring? {
        target.firstIndex(of: "?").map { target[target.index(after: $0)...] }
    }

    /// The last part of the path, percent-encoded; empty if the path ends with a slash.
    public var lastPathComponent: Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path
    }

    /// Reads an absolute URL.
    ///
    /// - Throws: ``HTTPURLError``, which says where.
    public init(_ text: String) throws(HTTPURLError) {
        let reference = try URLReference(text)
        guard let scheme = reference.scheme else {
            throw reference.failure("a scheme is missing: write http://… or https://…", at: 0)
        }
        self = try HTTPURL(reference, reference.knownScheme(scheme))
    }

    /// An absolute URL, or one without scheme only, out of its parts.
    init(_ reference: URLReference, _ scheme: Scheme) throws(HTTPURLError) {
        guard let authority = reference.authority else {
            throw reference.failure("'//' and a host are missing", at: reference.path.lowerBound)
        }
        self.scheme = scheme
        origin = try reference.origin(authority, isSecure: scheme.isSecure)
        let path = try reference.encoded(reference.path, as: .path)
        target = Self.target(
            path: URLReference.withoutDotSegments(path),
            query: try reference.encodedQuery()
        )
    }

    init(scheme: Scheme, origin: HTTPOrigin, target: String) {
        self.scheme = scheme
        self.origin = origin
        self.target = target
    }

    static func target(path: String, query: String?) -> String {
        let path = path.isEmpty ? "/" : path
        return query.map { "\(path)?\($0)" } ?? path
    }
}

extension HTTPURL: CustomStringConvertible {
    /// The URL as text, which reads back as the same.
    public var description: String { "\(scheme.rawValue)://\(origin.urlAuthority)\(target)" }
}

extension HTTPURL: ExpressibleByStringLiteral {
    /// The URL a literal in the program's own text says; a literal that says none is a mistake of the
    /// program, which stops with the sentence of the error.
    public init(stringLiteral text: String) {
        do throws(HTTPURLError) {
            self = try HTTPURL(text)
        } catch {
            // Not preconditionFailure, which keeps the sentence to itself in a release build.
            fatalError(error.description)
        }
    }
}
