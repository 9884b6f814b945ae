extension HTTPURL {
    /// The URL that a reference found at this one means (RFC 3986 §5.2), as in `Location`.
    ///
    /// ```swift
    /// let page: HTTPURL = "http://h/a/b?c"
    /// try page.resolving("../d").target  // "/d"
    /// ```
    /// - Throws: ``HTTPURLError``, also when the reference leads to another scheme than these four.
    public func resolving(_ text: String) throws(HTTPURLError) -> HTTPURL {
        try resolving(bytes: Array(text.utf8))
    }

    /// The same with the bytes of a field's value, which need not be UTF-8.
    func resolving(bytes: [UInt8]) throws(HTTPURLError) -> HTTPURL {
        let reference = try URLReference(bytes: bytes)
        if let scheme = reference.scheme {
            return try HTTPURL(reference, reference.knownScheme(scheme))
        }
        if reference.authority != nil { return try HTTPURL(reference, scheme) }
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
}
