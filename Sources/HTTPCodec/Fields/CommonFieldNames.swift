import HTTPTypes

extension HTTPField.Name {
    /// The names that are worth recognising: those of HTTPTypes, and what browsers and proxies add.
    ///
    /// Letters and hyphens only (see `KnownFieldNames`).
    static let common: [HTTPField.Name] = standard + others.compactMap { HTTPField.Name($0) }

    private static let standard: [HTTPField.Name] = [
        .accept, .acceptEncoding, .acceptLanguage, .acceptRanges,
        .accessControlAllowCredentials, .accessControlAllowHeaders,
        .accessControlAllowMethods, .accessControlAllowOrigin, .accessControlExposeHeaders,
        .accessControlMaxAge, .accessControlRequestHeaders, .accessControlRequestMethod,
        .age, .allow, .authenticationInfo, .authorization, .cacheControl, .connection,
        .contentDisposition, .contentEncoding, .contentLanguage, .contentLength,
        .contentLocation, .contentRange, .contentSecurityPolicy,
        .contentSecurityPolicyReportOnly, .contentType, .cookie, .crossOriginResourcePolicy,
        .date, .earlyData, .eTag, .expect, .expires, .from, .ifMatch,
        .ifModifiedSince, .ifNoneMatch, .ifRange, .ifUnmodifiedSince, .lastModified,
        .location, .maxForwards, .origin, .priority, .proxyAuthenticate,
        .proxyAuthenticationInfo, .proxyAuthorization, .proxyStatus, .range, .referer,
        .retryAfter, .secPurpose, .secWebSocketAccept, .secWebSocketExtensions,
        .secWebSocketKey, .secWebSocketProtocol, .secWebSocketVersion, .server, .setCookie,
        .strictTransportSecurity, .te, .traceparent, .tracestate, .trailer,
        .transferEncoding, .upgrade, .userAgent, .vary, .via, .wwwAuthenticate,
        .xContentTypeOptions,
    ]

    private static let others = [
        "Host", "DNT", "Forwarded", "Keep-Alive", "Pragma", "Save-Data", "Sec-CH-UA",
        "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
        "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "Upgrade-Insecure-Requests",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP",
        "X-Request-ID", "X-Requested-With",
    ]
}
