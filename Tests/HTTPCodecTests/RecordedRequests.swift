/// What clients sent, recorded from a socket (curl 7.88.1, Wget 1.21.3, Python 3's http.client, Chromium
/// headless); only the port was changed.
enum RecordedRequests {
    static let curlGet = """
        GET / HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        \r\n
        """

    static let curlHead = """
        HEAD /index.html HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        \r\n
        """

    static let curlForm = """
        POST /form?x=1 HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Content-Length: 18\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        \r\n\
        name=value&other=1
        """

    static let curlChunkedPut = """
        PUT /up HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Transfer-Encoding: chunked\r\n\
        Expect: 100-continue\r\n\
        \r\n\
        15\r\n\
        streamed from a pipe\n\
        \r\n\
        0\r\n\
        \r\n
        """

    static let curlExpect = """
        POST /e HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Expect: 100-continue\r\n\
        Content-Length: 5\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        \r\n\
        hello
        """

    static let curlH2C = """
        GET / HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Connection: Upgrade, HTTP2-Settings\r\n\
        Upgrade: h2c\r\n\
        HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\
        \r\n
        """

    static let curlProxy = """
        GET http://example.com/a?b HTTP/1.1\r\n\
        Host: example.com\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Proxy-Connection: Keep-Alive\r\n\
        \r\n
        """

    static let curlTunnel = """
        CONNECT example.com:80 HTTP/1.1\r\n\
        Host: example.com:80\r\n\
        User-Agent: curl/7.88.1\r\n\
        Proxy-Connection: Keep-Alive\r\n\
        \r\n
        """

    static let curlHTTP10 = """
        GET /old HTTP/1.0\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        \r\n
        """

    static let curlRange = """
        GET /big HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        Range: bytes=100-\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        \r\n
        """

    static let curlWeb = """
        POST /upload HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Content-Length: 203\r\n\
        Content-Type: multipart/form-data; boundary=------------------------64f391ec31d0f82a\r\n\
        \r\n\
        --------------------------64f391ec31d0f82a\r\n\
        Content-Disposition: form-data; name="file"; filename="hostname"\r\n\
        Content-Type: application/octet-stream\r\n\
        \r\n\
        vm\n\
        \r\n\
        --------------------------64f391ec31d0f82a--\r\n
        """

    static let wget = """
        GET / HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        User-Agent: Wget/1.21.3\r\n\
        Accept: */*\r\n\
        Accept-Encoding: identity\r\n\
        Connection: Keep-Alive\r\n\
        \r\n
        """

    static let pythonChunked = """
        POST /p HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        Accept-Encoding: identity\r\n\
        Transfer-Encoding: chunked\r\n\
        Content-Type: text/plain\r\n\
        \r\n\
        3\r\n\
        one\r\n\
        8\r\n\
        twothree\r\n\
        0\r\n\
        \r\n
        """

    static let chromium = """
        GET /page?q=1 HTTP/1.1\r\n\
        Host: localhost:8080\r\n\
        Connection: keep-alive\r\n\
        sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"\r\n\
        sec-ch-ua-mobile: ?0\r\n\
        sec-ch-ua-platform: "Linux"\r\n\
        Upgrade-Insecure-Requests: 1\r\n\
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36\r\n\
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n\
        Sec-Fetch-Site: none\r\n\
        Sec-Fetch-Mode: navigate\r\n\
        Sec-Fetch-User: ?1\r\n\
        Sec-Fetch-Dest: document\r\n\
        Accept-Encoding: gzip, deflate, br, zstd\r\n\
        Accept-Language: en-US,en;q=0.9\r\n\
        \r\n
        """

    static let all = [
        curlGet, curlHead, curlForm, curlChunkedPut, curlExpect, curlH2C, curlProxy, curlTunnel,
        curlHTTP10, curlRange, curlWeb, wget, pythonChunked, chromium,
    ]
}
