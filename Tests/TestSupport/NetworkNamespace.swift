import Glibc

/// A network of a test's own: interfaces, addresses, routes and sockets apart from the machine's
/// (network_namespaces(7)), made by ip-netns(8) and removed with everything in it.
///
/// ```swift
/// try await withNetworkNamespaces(2) { hosts in
///     try hosts[0].connect("eth0", "10.0.0.1/24", to: hosts[1], "eth0", "10.0.0.2/24")
///     let socket = try hosts[0].inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
///     try hosts[1].run("ping", "-c1", "10.0.0.1")
/// }
/// ```
///
/// Loopback is up. IPv6 addresses are usable at once, without duplicate address detection.
public struct NetworkNamespace: Sendable {
    /// The name ip-netns(8) knows it by.
    public let name: String

    fileprivate init() throws {
        name = "sb-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try TestSupport.run("ip", "netns", "add", name)
        do {
            try ip("link", "set", "lo", "up")
            for target in ["all", "default"] {
                try run("sysctl", "-qw", "net.ipv6.conf.\(target).accept_dad=0")
            }
        } catch {
            remove()
            throw error
        }
    }

    fileprivate func remove() { _ = try? TestSupport.run("ip", "netns", "del", name) }

    // MARK: Building

    /// Runs ip(8) in it.
    @discardableResult
    public func ip(_ arguments: String...) throws -> String {
        try TestSupport.run(["ip", "-n", name] + arguments)
    }

    /// Runs a program in it, and returns what it wrote on stdout.
    @discardableResult
    public func run(_ arguments: String...) throws -> String {
        try TestSupport.run(["ip", "netns", "exec", name] + arguments)
    }

    /// Connects it to another by a cable: two veth(4) interfaces with an address each, up.
    ///
    /// The names and the addresses, with their prefix lengths (`10.0.0.1/24`, `fd00::1/64`), are those
    /// here and there; `mtu` is what both ends take.
    public func connect(
        _ interface: String,
        _ address: String,
        to other: NetworkNamespace,
        _ otherInterface: String,
        _ otherAddress: String,
        mtu: Int = 1500
    ) throws {
        try ip(
            "link",
            "add",
            interface,
            "type",
            "veth",
            "peer",
            "name",
            otherInterface,
            "netns",
            other.name
        )
        try configure(interface, address, mtu)
        try other.configure(otherInterface, otherAddress, mtu)
    }

    private func configure(_ interface: String, _ address: String, _ mtu: Int) throws {
        try ip("link", "set", interface, "mtu", "\(mtu)", "up")
        try addAddress(address, to: interface)
    }

    /// Gives an interface one more address.
    public func addAddress(_ address: String, to interface: String) throws {
        let isIPv6 = address.contains(":")
        if isIPv6 {
            try ip("address", "add", address, "dev", interface, "nodad")
        } else {
            try ip("address", "add", address, "broadcast", "+", "dev", interface)
        }
    }

    /// Sends what is for a destination, `10.1.0.0/16` or `default`, by a router.
    public func addRoute(to destination: String, via router: String) throws {
        let family = router.contains(":") ? "-6" : "-4"
        try ip(family, "route", "add", destination, "via", router)
    }

    /// Makes it a router: it forwards packets of both families, and answers by ICMP without the limit
    /// of messages a second that the kernel has.
    public func forwardPackets() throws {
        for setting in [
            "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0",
        ] {
            try run("sysctl", "-qw", setting)
        }
    }

    // MARK: Being inside

    /// Runs `body` with the calling thread in it: setns(2).
    ///
    /// A socket belongs to the namespace it was created in for ever, wherever it is used then, so
    /// only creating it needs to be here. `body` cannot suspend: a thread of others must not stay.
    public func inside<Result>(_ body: () throws -> Result) throws -> Result {
        let home = try Self.open("/proc/thread-self/ns/net")
        defer { close(home) }
        let here = try Self.open("/run/netns/\(name)")
        defer { close(here) }
        try Self.enter(here)
        defer {
            // The thread is others' too: nothing after this would be true any more.
            do { try Self.enter(home) } catch { fatalError("back: \(error)") }
        }
        return try body()
    }

    /// setns(2), which is a GNU declaration that the importer does not see.
    private static func enter(_ namespace: CInt) throws {
        typealias Function = @convention(c) (CInt, CInt) -> CInt
        guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "setns") else {
            throw CommandFailed(description: "the C library has no setns")
        }
        let setns = unsafe unsafeBitCast(symbol, to: Function.self)
        let networks: CInt = 0x4000_0000  // CLONE_NEWNET
        guard setns(namespace, networks) == 0 else {
            throw CommandFailed(description: "setns: \(unsafe String(cString: strerror(errno)))")
        }
    }

    private static func open(_ path: String) throws -> CInt {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailed(description: "open \(path): \(errno)") }
        return descriptor
    }
}

/// Makes namespaces, runs `body` and removes them, however it ends.
public func withNetworkNamespaces<Result>(
    _ count: Int,
    _ body: ([NetworkNamespace]) async throws -> Result
) async throws -> Result {
    var namespaces: [NetworkNamespace] = []
    defer { for namespace in namespaces { namespace.remove() } }
    for _ in 0..<count { namespaces.append(try NetworkNamespace()) }
    return try await body(namespaces)
}

extension NetworkNamespace {
    /// Whether this process may make namespaces: root with ip(8); for `.enabled(if:)`, beside
    /// ``reason``.
    public static let areAvailable: Bool = {
        guard geteuid() == 0 else { return false }
        guard let namespace = try? NetworkNamespace() else { return false }
        defer { namespace.remove() }
        return (try? namespace.ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1"))
            != nil
    }()

    /// What a skipped test says.
    public static let reason = "network namespaces need root, ip(8) and veth"
}
