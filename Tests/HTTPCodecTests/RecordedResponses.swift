import HTTPCodec

/// What servers answer, with the methods of the requests.
struct RecordedResponses: Sendable {
    let methods: [HTTPRequest.Method]
    let text: String

    static let all = [pipeline, continued, switched, tunnel, untilClose, trailers, earlyHints]

    static let pipeline = RecordedResponses(
        methods: [.get, .head, .get, .delete, .get],
        text: "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\n"
            + "Content-Length: 5\r\nConnection: keep-alive\r\nETag: \"65f0-5\"\r\n\r\nhello"
            + "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\nAccept-Ranges: bytes\r\n\r\n"
            + "HTTP/1.1 304 Not Modified\r\nETag: \"65f0-5\"\r\nContent-Length: 5\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\n"
            + "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnone\r\n0\r\n\r\n"
    )
    static let continued = RecordedResponses(
        methods: [.put],
        text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    )
    static let switched = RecordedResponses(
        methods: [.get],
        text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\u{81}\u{5}hello"
    )
    static let tunnel = RecordedResponses(
        methods: [.connect],
        text: "HTTP/1.1 200 Connection established\r\nContent-Length: 7\r\n\r\n\u{16}\u{3}\u{1}"
    )
    static let untilClose = RecordedResponses(
        methods: [.get],
        text:
            "HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\n\r\n<html>\r\n\r\nHTTP/1.1"
    )
    static let trailers = RecordedResponses(
        methods: [.get],
        text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Expires, X-Sum\r\n\r\n"
            + "7;name=\"a;b\\\"\"\r\nMozilla\r\n11;n\r\nDeveloper Network\r\n000\r\n"
            + "Expires: Wed, 21 Oct 2015 07:28:00 GMT\r\nX-Sum: 1\r\n\r\n"
    )
    static let earlyHints = RecordedResponses(
        methods: [.get],
        text: "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
            + "HTTP/1.1 103\r\n\r\nHTTP/1.1 200 \r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
            + "ignored"
    )
}
