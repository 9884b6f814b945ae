internal import Sockets

extension HTTPURL {
    /// The URL that a reference found at this one means (RFC 3986 §5.2), as in `Location`.
    ///
    /// ```swift
    /// let page: HTTPURL = "http://h/a/b?c"
    /// try page.resolving("../d").target  // "/d"
    /// ```
    /// - Throws: ``HTTPURLError``, also when the reference leads to another scheme than these four,
    ///   or to another zone of IPv6 than this URL's: that is not for a server to say.
    public func resolving(_ text: String) throws(HTTPURLError) -> HTTPURL {
        try resolving(bytes: Array(text.utf8))
    }

    /// The same with the bytes of a field's value, which need not be UTF-8.
    func resolving(bytes: [UInt8]) throws(HTTPURLError) -> HTTPURL {
        let reference = try URLReference(bytes: bytes)
        if let scheme = reference.scheme {
            return try onSameLink(HTTPURL(reference, reference.knownScheme(scheme)), reference)
        }
        if reference.authority != nil {
            return try onSameLink(HTTPURL(reference, scheme), reference)
        }
        let path = try reference.encoded(reference.path, as: .path)
        let query = try reference.encodedQuery()
        if path.isEmpty {
            let target = Self.target(
                path: String(self.path),
                query: query ?? self.query.map(String.init)
            )
            return HTTPURL(scheme: scheme, origin: origin, target: target)
        }
        // §5.2.3: beside the last segment of this path.
        let merged =
            path.hasPrefix("/") ? path : String(self.path.dropLast(lastPathComponent.count)) + path
        return HTTPURL(
            scheme: scheme,
            origin: origin,
            target: Self.target(path: URLReference.withoutDotSegments(merged), query: query)
        )
    }

    /// A URL that a server names: a link-local address of it is one on the link it was reached by, since it
    /// cannot know what that is called here; and it has no say in which of our links is taken.
    private func onSameLink(
        _ url: HTTPURL,
        _ reference: URLReference
    ) throws(HTTPURLError) -> HTTPURL {
        guard case .ip(.v6(var address)) = url.host else { return url }
        var zone: UInt32 = 0
        if case .ip(.v6(let own)) = host { zone = own.zone }
        guard address.zone == 0 || address.zone == zone else {
            throw reference.failure(
                "a zone means something on this machine alone",
                at: reference.authority?.lowerBound ?? 0
            )
        }
        guard address.isLinkLocal else { return url }
        address.zone = zone
        let origin = HTTPOrigin(
            isSecure: url.scheme.isSecure,
            host: .ip(.v6(address)),
            port: url.port
        )
        return HTTPURL(scheme: url.scheme, origin: origin, target: url.target)
    }
}
