/// Why a chat ended before its member wanted it to.
public enum ChatClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The server did not take the name that was asked for; it said why.
    case nameRefused(String)
    /// The server closed the connection; what it said last says why.
    case serverClosed
    /// The server did not close the connection for a while after the goodbye.
    case serverSilent
    /// Nobody reads what is printed.
    case outputClosed

    /// A clause for the person.
    public var description: String {
        switch self {
        case .nameRefused(let name): "the server does not take the name \(name)"
        case .serverClosed: "the server closed the connection"
        case .serverSilent: "the server did not answer the goodbye"
        case .outputClosed: "nobody reads the output"
        }
    }
}
