import ArgumentParser
import NetworkTools
import Sockets

/// Which family of addresses a probe goes to.
struct FamilyOptions: ParsableArguments {
    @Flag(name: .customShort("4"), help: "IPv4 addresses only.")
    var ipv4 = false

    @Flag(name: .customShort("6"), help: "IPv6 addresses only.")
    var ipv6 = false

    func validate() throws {
        if ipv4, ipv6 { throw ValidationError("-4 and -6 exclude each other") }
    }

    func accepts(_ address: IPAddress) -> Bool {
        switch address {
        case .v4: !ipv6
        case .v6: !ipv4
        }
    }
}

/// A host as a person named it, and the address that is probed.
struct ProbeTarget: Sendable {
    let name: String
    let address: IPAddress

    /// Resolves a name, and takes its first address of a wanted family.
    init(_ name: String, _ family: FamilyOptions) async throws(Failure) {
        try Self.checkHost(name)
        let addresses: [SocketAddress]
        do throws(SocketError) {
            addresses = try await Resolver.shared.resolve(name)
        } catch {
            throw Failure(error)
        }
        let reachable = addresses.compactMap(\.ip?.reachable)
        guard let address = reachable.first(where: family.accepts) else {
            let wanted = family.ipv4 ? "IPv4" : "IPv6"
            throw Failure(.failed, "\(name) has no \(wanted) address")
        }
        guard !address.isMulticast else {
            throw Failure(.usage, "\(name) is a group of hosts: probe its members")
        }
        self.init(name: name, address: address)
    }

    init(name: String, address: IPAddress) { (self.name, self.address) = (name, address) }

    /// - Throws: A usage failure for what is a port, or has one: here hosts are asked.
    private static func checkHost(_ name: String) throws(Failure) {
        if EndpointWords.isNumber(name) {
            throw Failure(.usage, "'\(name)' is no host: this command takes hosts, without a port")
        }
        if let (host, port) = EndpointWords.split(name), !port.isEmpty {
            throw Failure(
                .usage,
                "'\(name.printable)' has a port, and a host is asked here: \(host.printable)"
            )
        }
    }

    /// `example.org (192.0.2.1)`, or the address alone if that is what was named.
    var label: String { name == "\(address)" ? name : "\(name) (\(address))" }
}
