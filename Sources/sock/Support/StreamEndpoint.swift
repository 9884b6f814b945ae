import Sockets

extension Endpoint {
    /// The endpoint a person wrote, for a command that speaks in plain streams.
    ///
    /// Not read by ArgumentParser, which would fold the mark under the mistake into one line.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func stream(_ text: String) throws(Failure) -> Endpoint {
        let endpoint: Endpoint
        do throws(AddressParseError) {
            endpoint = try Endpoint(text)
        } catch {
            throw Failure(.usage, "\(error)")
        }
        guard endpoint.scheme == .tcp || endpoint.scheme == .unix else {
            throw Failure(
                .usage,
                "\(endpoint) is no plain stream: this command takes tcp and unix endpoints"
            )
        }
        return endpoint
    }
}
