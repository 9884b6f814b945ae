import Sockets

extension Endpoint {
    /// Whether it is for plain datagrams.
    var isDatagram: Bool { scheme == .udp || scheme == .unixDatagram }

    /// The endpoint a person wrote, for a command that speaks in plain streams or datagrams.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func conversation(_ text: String) throws(Failure) -> Endpoint {
        let endpoint = try parsed(text)
        guard endpoint.isDatagram || endpoint.isStream else {
            throw Failure(
                .usage,
                "\(endpoint) is neither a plain stream nor datagrams: this command takes tcp, unix,"
                    + " udp and unix-datagram endpoints"
            )
        }
        return endpoint
    }
}
