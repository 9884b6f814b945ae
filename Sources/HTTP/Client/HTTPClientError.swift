public import HTTPCodec
public import Sockets

/// Why a request got no response, or only a part of one: what, where, and what lies beneath.
///
/// Printed on one line: `GET http://h/a: the response was cut after 5 of 10 bytes`.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Reason: Hashable, Sendable {
        /// No connection: the name, the address, the certificate; ``HTTPClientError/cause`` says which.
        case notConnected
        /// The server speaks another protocol by ALPN.
        case wrongProtocol(String)
        /// The connection ended before a byte of the response.
        case unanswered
        /// The stream broke, or its deadline passed, or the task was cancelled.
        case streamFailed
        /// The server broke a rule of HTTP, or a limit.
        case violation
        /// No head within ``HTTPClient/Configuration/headTimeLimit``.
        case headTooSlow
        /// The body came more slowly than ``HTTPClient/Configuration/pace``.
        case bodyTooSlow
        /// The server ended its stream in the middle of the response; of the body so much had come.
        case truncated(received: UInt64, announced: UInt64?)
        /// The body is longer than whoever collects it allows.
        case bodyTooLarge(limit: Int)
        /// The status is not 2xx, where only that will do.
        case wrongStatus(HTTPResponse.Status)
        /// The request cannot be sent as it is.
        case malformedRequest
        /// The request's body turned out to be of another length than it had announced.
        case wrongBodyLength(announced: UInt64, written: UInt64)
        /// More redirects than ``HTTPRedirects/limit``.
        case tooManyRedirects(limit: Int)
        /// A redirect without a `Location` that can be followed.
        case badRedirect(String)
        /// A redirect from https to http.
        case redirectToPlaintext(HTTPURL)
        /// A redirect, or a lost connection, asks for a body again that cannot be written twice.
        case bodyNotReplayable
        /// The response was used after its handler had returned.
        case exchangeIsOver
    }

    /// What went wrong.
    public let reason: Reason

    /// The request's method.
    public let method: HTTPRequest.Method

    /// What was asked, after redirects.
    public let url: HTTPURL

    /// What lies beneath: a ``Sockets/SocketError``, an `HTTPViolation`, an ``HTTPURLError``.
    public let cause: (any Error)?

    init(
        _ reason: Reason,
        _ method: HTTPRequest.Method,
        _ url: HTTPURL,
        _ cause: (any Error)? = nil
    ) {
        self.reason = reason
        self.method = method
        self.url = url
        self.cause = cause
    }

    /// The stream's error, where that is what lies beneath: cancelled, deadline passed, refused, ….
    public var socketError: SocketError? { cause as? SocketError }

    /// One line.
    public var description: String {
        let text = "\(method) \(url): \(sentence)"
        return cause.map { "\(text): \($0)" } ?? text
    }

    private var sentence: String {
        switch reason {
        case .notConnected: "no connection"
        case .wrongProtocol(let name): "the server speaks \(name.debugDescription)"
        case .unanswered: "the connection ended before the response"
        case .streamFailed: "the connection failed"
        case .violation: "the server broke a rule"
        case .headTooSlow: "the response did not come in time"
        case .bodyTooSlow: "the response's body came too slowly"
        case .truncated(let received, let announced?):
            "the response was cut after \(received) of \(announced) bytes"
        case .truncated(let received, nil): "the response was cut after \(received) bytes of body"
        case .bodyTooLarge(let limit): "the response's body is longer than \(limit) bytes"
        case .wrongStatus(let status): "the server answered \(status)"
        case .malformedRequest: "the request cannot be sent"
        case .wrongBodyLength(let announced, let written):
            "the request's body is \(written) bytes and was announced as \(announced)"
        case .tooManyRedirects(let limit): "more than \(limit) redirects"
        case .badRedirect(let text): "a redirect leads nowhere: \(text.debugDescription)"
        case .redirectToPlaintext(let url): "a redirect leads from https to \(url)"
        case .bodyNotReplayable: "the request's body would have to be sent again, and cannot be"
        case .exchangeIsOver: "the exchange is over"
        }
    }
}
