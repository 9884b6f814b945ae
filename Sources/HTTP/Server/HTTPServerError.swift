/// What ends an exchange that neither the stream nor HTTP's grammar broke.
public enum HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The head took longer than ``HTTPServer/Configuration/headTimeLimit``: 408.
    case headTooSlow

    /// The body came more slowly than ``HTTPServer/Configuration/pace``: 408.
    case bodyTooSlow

    /// The client ended its stream in the middle of a request.
    case requestTruncated

    /// The body is longer than whoever collects it allows: 413.
    case bodyTooLarge(limit: Int)

    /// The handler used a request or a response after it had returned, or after the connection was
    /// handed to another protocol.
    case exchangeIsOver

    /// The handler answered twice.
    case alreadyAnswered

    /// The handler wrote a body of another length than it had announced; the connection is cut, because
    /// the client cannot tell otherwise.
    case wrongBodyLength(announced: UInt64, written: UInt64)

    /// One line.
    public var description: String {
        switch self {
        case .headTooSlow: "HTTP request head came too slowly"
        case .bodyTooSlow: "HTTP request body came too slowly"
        case .requestTruncated: "HTTP request was cut: the client ended in the middle"
        case .bodyTooLarge(let limit): "HTTP request body is longer than \(limit) bytes"
        case .exchangeIsOver: "HTTP exchange is over"
        case .alreadyAnswered: "HTTP request was answered already"
        case .wrongBodyLength(let announced, let written):
            "HTTP response body is \(written) bytes and was announced as \(announced)"
        }
    }
}
