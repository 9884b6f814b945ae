internal import HTTPCodec

extension HTTPRedirects {
    /// What is asked next.
    struct Next {
        var request: HTTPClientRequest
        var body: HTTPRequestBody
    }

    /// The request that a response asks for in its place (RFC 9110 §15.4); nil if it is an answer.
    func next(
        after response: HTTPResponse,
        to request: HTTPClientRequest,
        _ body: HTTPRequestBody,
        _ count: Int
    ) throws(HTTPClientError) -> Next? {
        guard [301, 302, 303, 307, 308].contains(response.status.code) else { return nil }
        let failure = { HTTPClientError($0, request.method, request.url, $1) }
        guard count < limit else { throw failure(.tooManyRedirects(limit: limit), nil) }
        // A redirect that names nothing is an answer like any other: 303 may be one.
        guard let location = response.headerFields[fields: .location].first else { return nil }
        let url: HTTPURL
        do throws(HTTPURLError) {
            // The pointer does not leave the closure.
            let bytes = unsafe location.withUnsafeBytesOfValue { unsafe Array($0) }
            url = try request.url.resolving(bytes: bytes)
        } catch {
            throw failure(.badRedirect(location.value), error)
        }
        if request.url.scheme.isSecure, !url.scheme.isSecure, !allowsPlaintext {
            throw failure(.redirectToPlaintext(url), nil)
        }
        var next = Next(request: request, body: body)
        next.request.url = url
        if Self.becomesGet(response.status, request.method) {
            next.request.method = .get
            next.body = .none
            next.request.expectsContinue = false
            // What spoke of the body that is gone (RFC 9110 §15.4).
            next.request.fields = next.request.fields.without { name in
                name.canonicalName.hasPrefix("content-") || name == .ifMatch || name == .ifNoneMatch
                    || name == .expect
            }
        } else if !body.isReplayable {
            throw failure(.bodyNotReplayable, nil)
        }
        if url.origin != request.url.origin {
            // Secrets, and another name for the host, were meant for whoever was asked first.
            next.request.fields = next.request.fields.without { name in
                name == .authorization || name == .cookie || name == .proxyAuthorization
                    || name.canonicalName == HTTPClientRequest.hostName
            }
        }
        return next
    }

    /// 303 always means "look there"; 301 and 302 do for `POST`, as every browser has it.
    private static func becomesGet(
        _ status: HTTPResponse.Status,
        _ method: HTTPRequest.Method
    ) -> Bool {
        switch status.code {
        case 303: method != .get && method != .head
        case 301, 302: method == .post
        default: false
        }
    }
}

extension HTTPFields {
    fileprivate func without(_ isUnwanted: (HTTPField.Name) -> Bool) -> HTTPFields {
        HTTPFields(filter { !isUnwanted($0.name) })
    }
}
