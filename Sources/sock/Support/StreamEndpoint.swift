import Sockets

extension Endpoint {
    /// Whether it is for a plain stream.
    var isStream: Bool { scheme == .tcp || scheme == .unix }

    /// The endpoint a person wrote; see ``EndpointWords`` for what may be left out.
    ///
    /// Not read by ArgumentParser, which would fold the mark under the mistake into one line.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func parsed(_ text: String) throws(Failure) -> Endpoint {
        let text = try EndpointWords.spelledOut(text)
        return try Failure.asUsage { try Endpoint(text) }
    }

    /// The endpoint a person wrote, for a command that speaks in plain streams.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func stream(_ text: String) throws(Failure) -> Endpoint {
        let endpoint = try parsed(text)
        guard endpoint.isStream else {
            throw Failure(
                .usage,
                "\(endpoint) is no plain stream: this command takes tcp and unix endpoints"
            )
        }
        return endpoint
    }
}
