import Foundation
import TestSupport

/// A host, two routers and another host in a row, IPv4 and IPv6: three hops from one end to the
/// other, and a link between the routers that takes less than the others.
struct RoutedNetwork {
    let host: NetworkNamespace
    let near: NetworkNamespace
    let far: NetworkNamespace
    let goal: NetworkNamespace

    static let hops = ["10.0.1.1", "10.0.2.2", "10.0.3.2"]
    static let hops6 = ["fd01::1", "fd02::2", "fd03::2"]
    static let middleMTU = 1400

    /// Runs `body` with the network, which is gone afterwards.
    static func with<Result>(_ body: (RoutedNetwork) async throws -> Result) async throws -> Result
    {
        try await withNetworkNamespaces(4) { namespaces in
            let network = RoutedNetwork(
                host: namespaces[0],
                near: namespaces[1],
                far: namespaces[2],
                goal: namespaces[3]
            )
            try network.build()
            return try await body(network)
        }
    }

    private func build() throws {
        try host.connect("up0", "10.0.1.2/24", to: near, "down0", "10.0.1.1/24")
        try near.connect("up0", "10.0.2.1/24", to: far, "down0", "10.0.2.2/24", mtu: Self.middleMTU)
        try far.connect("up0", "10.0.3.1/24", to: goal, "down0", "10.0.3.2/24")
        try host.addAddress("fd01::2/64", to: "up0")
        try near.addAddress("fd01::1/64", to: "down0")
        try near.addAddress("fd02::1/64", to: "up0")
        try far.addAddress("fd02::2/64", to: "down0")
        try far.addAddress("fd03::1/64", to: "up0")
        try goal.addAddress("fd03::2/64", to: "down0")
        try near.forwardPackets()
        try far.forwardPackets()
        // The goal's answers are not to be rationed either.
        try goal.forwardPackets()
        try host.addRoute(to: "default", via: "10.0.1.1")
        try near.addRoute(to: "10.0.3.0/24", via: "10.0.2.2")
        try far.addRoute(to: "10.0.1.0/24", via: "10.0.2.1")
        try goal.addRoute(to: "default", via: "10.0.3.1")
        try host.addRoute(to: "default", via: "fd01::1")
        try near.addRoute(to: "fd03::/64", via: "fd02::2")
        try far.addRoute(to: "fd01::/64", via: "fd02::1")
        try goal.addRoute(to: "default", via: "fd03::1")
    }
}

extension NetworkNamespace {
    /// Runs the built `sock` in it.
    func sock(_ arguments: String...) throws -> Program.Outcome { try sock(arguments) }

    func sock(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(["ip", "netns", "exec", name, SockProgram.path] + arguments)
    }

    /// Starts the built `sock` in it.
    func startSock(_ arguments: String...) throws -> Program {
        try Program(["ip", "netns", "exec", name, SockProgram.path] + arguments)
    }
}

extension Program.Outcome {
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The objects of a `--json` output.
    var objects: [[String: Any]] {
        lines.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    func objects(_ event: String) -> [[String: Any]] {
        objects.filter { $0["event"] as? String == event }
    }
}
