import HTTP
import HTTPCodec
import Sockets
import Testing

@testable import HTTP

struct RedirectTests {
    private func next(
        _ status: Int,
        _ location: String?,
        from url: HTTPURL = "https://a/b/c",
        method: HTTPRequest.Method = .get,
        fields: HTTPFields = [:],
        body: HTTPRequestBody = .none,
        count: Int = 0,
        _ redirects: HTTPRedirects = .init()
    ) throws -> HTTPClientRequest? {
        var response = HTTPResponse(status: .init(code: status))
        response.headerFields[.location] = location
        let request = HTTPClientRequest(method, url, fields: fields)
        return try redirects.next(after: response, to: request, body, count)?.request
    }

    @Test(arguments: [
        (301, HTTPRequest.Method.get, "GET"), (301, .post, "GET"), (301, .put, "PUT"),
        (302, .post, "GET"),
        (302, .head, "HEAD"), (303, .post, "GET"), (303, .put, "GET"), (303, .head, "HEAD"),
        (307, .post, "POST"), (308, .post, "POST"), (308, .delete, "DELETE"),
    ])
    func theMethodFollowsTheStatus(
        _ status: Int,
        _ method: HTTPRequest.Method,
        _ expected: String
    ) throws {
        let next = try next(status, "/x", method: method, body: .text("b"))
        #expect(next?.method.rawValue == expected)
        #expect(next.map { "\($0.url)" } == "https://a/x")
    }

    @Test(arguments: [200, 204, 300, 304, 305, 306, 404])
    func otherAnswersAreAnswers(_ status: Int) throws {
        #expect(try next(status, "/x") == nil)
        #expect(try next(302, nil) == nil)
    }

    @Test func secretsStayWithTheirOrigin() throws {
        let secrets: HTTPFields = [
            .authorization: "Basic x", .cookie: "a=b", .proxyAuthorization: "y", .accept: "*/*",
        ]
        let same = try next(302, "/x", fields: secrets)
        #expect(same?.fields == secrets)
        for other in ["https://b/", "https://a:444/", "//b/"] {
            #expect(try next(302, other, fields: secrets)?.fields == [.accept: "*/*"])
        }
    }

    @Test func whatSpokeOfALostBodyIsDropped() throws {
        let fields: HTTPFields = [
            .contentType: "text/plain", .contentEncoding: "gzip", .accept: "*/*",
        ]
        let get = try next(303, "/x", method: .post, fields: fields, body: .text("b"))
        #expect(get?.fields == [.accept: "*/*"])
        let post = try next(307, "/x", method: .post, fields: fields, body: .text("b"))
        #expect(post?.fields == fields)
    }

    @Test func plaintextIsRefusedUnlessAskedFor() throws {
        #expect { try next(302, "http://a/") } throws: {
            ($0 as? HTTPClientError)?.reason == .redirectToPlaintext("http://a/")
        }
        var redirects = HTTPRedirects()
        redirects.allowsPlaintext = true
        #expect(try next(302, "http://a/", redirects)?.url == "http://a/")
        #expect(try next(302, "https://b/", from: "http://a/")?.url == "https://b/")
    }

    @Test func aBodyThatCannotBeSentAgainIsNot() {
        let body = HTTPRequestBody.stream(length: nil) { _ in }
        #expect { try next(307, "/", method: .post, body: body) } throws: {
            ($0 as? HTTPClientError)?.reason == .bodyNotReplayable
        }
    }

    @Test(arguments: ["ftp://h/", "http://u@h/", "/%zz", "http://h:0/"])
    func aPlaceThatIsNoneIsAnError(_ location: String) {
        #expect { try next(302, location) } throws: {
            ($0 as? HTTPClientError)?.reason == .badRedirect(location)
        }
    }

    @Test func redirectsAreFollowedWhenAskedAndNotForEver() async throws {
        try await withServer { request, response in
            if let left = Int(request.path.dropFirst()), left > 0 {
                response.status = .found
                response.fields[.location] = "/\(left - 1)"
                try await response.send("elsewhere")
            } else {
                try await response.send("there")
            }
        } _: { url, _ in
            let plain = HTTPClient()
            defer { plain.close() }
            let status = try await plain.send(HTTPClientRequest(.get, url.resolving("/3"))) {
                $0.status
            }
            #expect(status == .found)
            var configuration = HTTPClient.Configuration()
            configuration.redirects = HTTPRedirects()
            let client = HTTPClient(configuration)
            defer { client.close() }
            let (count, end) = try await client.send(HTTPClientRequest(.get, url.resolving("/10")))
            {
                let body = try await $0.body(limit: 10)
                #expect(text(body) == "there")
                return ($0.redirectCount, $0.url.target)
            }
            #expect(count == 10)
            #expect(end == "/0")
            let error = await client.failure(of: HTTPClientRequest(.get, try url.resolving("/11")))
            #expect(error?.reason == .tooManyRedirects(limit: 10))
        }
    }
}
