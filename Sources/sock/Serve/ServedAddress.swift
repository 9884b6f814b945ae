internal import Sockets

/// Where a browser finds the server.
struct ServedAddress: CustomStringConvertible {
    private let address: SocketAddress
    private let isSecure: Bool

    init(_ address: SocketAddress, isSecure: Bool) {
        self.address = address
        self.isSecure = isSecure
    }

    /// What can be typed into a browser; of a Unix socket, what it is called.
    var url: String {
        let scheme = isSecure ? "https" : "http"
        return switch address {
        case .v4(let ip, let port): "\(scheme)://\(ip.isAny ? "localhost" : "\(ip)"):\(port)/"
        case .v6(let ip, let port): "\(scheme)://\(ip.isAny ? "localhost" : "[\(ip)]"):\(port)/"
        case .unix: "\(Endpoint(address))"
        }
    }

    /// The URL, and that it is not the only one.
    var description: String {
        let isAny =
            switch address {
            case .v4(let ip, _): ip.isAny
            case .v6(let ip, _): ip.isAny
            case .unix: false
            }
        return isAny ? "\(url) and every other address of this machine" : url
    }
}
