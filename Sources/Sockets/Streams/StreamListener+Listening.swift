internal import Glibc

extension StreamListener {
    /// Listens on an endpoint; the caller closes the listener.
    ///
    /// At the latest it is closed when nothing refers to it any more.
    ///
    /// - A name is resolved, and the first address that can be bound is taken; `localhost` is
    ///   127.0.0.1 where there is IPv4.
    /// - `:12345` and `*:12345` listen on every address, IPv6 and IPv4 in one dual-stack socket
    ///   where the machine has both.
    /// - TCP addresses are bound with SO_REUSEADDR, so that a restarted server gets its port back.
    /// - A Unix path whose socket file nobody listens on any more is taken over; the file is
    ///   removed when the listener closes. Anything else at the path is an error.
    public static func listen(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init()
    ) async throws(SocketError) -> StreamListener {
        if case .any = endpoint.host { return try listenOnAny(endpoint, loops, configuration) }
        var failure = SocketError(.noAddress, in: .listen, detail: "\(endpoint)")
        for address in try await Resolver.shared.addresses(of: endpoint) {
            do throws(SocketError) {
                return try listen(on: address, loops: loops, configuration)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Listens on an address: socket(2), bind(2) and listen(2) in one.
    public static func listen(
        on address: SocketAddress,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init()
    ) throws(SocketError) -> StreamListener {
        if case .unix = address { try UnixSocketFile.removeStale(at: address) }
        return try StreamSocket.create(
            address.family,
            loops: loops,
            options: defaults(for: address) + configuration.options
        ).bind(to: address).listen(configuration)
    }

    private static func defaults(for address: SocketAddress) -> [SocketSetting] {
        switch address {
        case .unix: []
        case .v4: [.set(.reuseAddress, to: true)]
        case .v6(let ip, _): [.set(.reuseAddress, to: true), .set(.ipv6Only, to: !ip.isAny)]
        }
    }

    private static func listenOnAny(
        _ endpoint: Endpoint,
        _ loops: EventLoopGroup,
        _ configuration: Configuration
    ) throws(SocketError) -> StreamListener {
        guard endpoint.scheme == .tcp else {
            throw SocketError(
                .unsupported,
                in: .listen,
                detail: "\(endpoint) is not a stream endpoint"
            )
        }
        do throws(SocketError) {
            return try listen(on: .v6(.any, port: endpoint.port), loops: loops, configuration)
        } catch  where error.code == .unsupported || error.code == .addressNotAvailable {
            // A machine without IPv6.
            return try listen(on: .v4(.any, port: endpoint.port), loops: loops, configuration)
        }
    }
}
