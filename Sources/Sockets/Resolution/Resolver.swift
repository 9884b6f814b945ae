internal import Glibc
internal import Synchronization

/// Turns names into addresses: getaddrinfo(3), on threads of its own, so that no event loop ever
/// waits for a name server.
///
/// ```swift
/// let addresses = try await Resolver.shared.resolve("example.org", port: 443)
/// ```
///
/// getaddrinfo cannot be interrupted. A look-up whose deadline passes or whose task is cancelled
/// returns at once; its thread goes on and its answer is dropped.
public final class Resolver: Sendable {
    /// The resolver used when none is named.
    public static let shared = Resolver()

    /// Look-ups at the same time, each on a thread.
    ///
    /// Arbitrary: a few slow name servers do not stop the rest.
    public static let threadLimit = 4

    /// Look-ups that wait for a thread; more fail with ``SocketError/Code/resolutionFailed``.
    ///
    /// Arbitrary.
    public static let queueLimit = 256

    struct Queue {
        var waiting: [Lookup] = []
        var threads = 0
    }
    private let queue = Lock(Queue())

    init() {}

    /// The name of an address, or nil if it has none: getnameinfo(3).
    ///
    /// Blocks the thread, which must be one of the caller's for that.
    package static func nameBlocking(of address: IPAddress) -> String? {
        System.name(of: address)
    }

    /// The addresses of a host name or of an IP address as text, in the order to try them:
    /// getaddrinfo's (RFC 6724), with the families interleaved (RFC 8305 §4).
    ///
    /// `localhost` and names under it are the loopback addresses, without a look-up (RFC 6761 §6.3),
    /// IPv4 first. A name with letters beyond ASCII is looked up as its A-labels (RFC 5891). Cancellation and
    /// deadlines: total.
    public func resolve(
        _ name: String,
        port: UInt16 = 0
    ) async throws(SocketError) -> [SocketAddress] {
        if let ip = try? IPAddress(name) { return [SocketAddress(ip, port: port)] }
        let asked = try Self.ascii(name)
        if Self.isLocalhost(asked) {
            return [.v4(.loopback, port: port), .v6(.loopback, port: port)]
        }
        // getaddrinfo would look up what stands before it.
        guard !asked.utf8.contains(0) else {
            throw SocketError(.invalidArgument, in: .resolve, detail: "a NUL is in the name")
        }
        let lookup = Lookup(name: asked)
        try start(lookup)
        switch await lookup.answered.wait(until: .current) {
        case .cancelled: throw SocketError(.cancelled, in: .resolve, detail: name)
        case .deadlinePassed: throw SocketError(.deadlinePassed, in: .resolve, detail: name)
        case .set: break
        }
        switch lookup.answer.withLock({ $0 }) {
        case .success(let found)?: return Self.interleaved(found).map { $0.with(port: port) }
        case .failure(let error)?: throw error
        case nil: preconditionFailure("an answer was announced and is not there")
        }
    }

    /// The name as name servers know it: one with letters beyond ASCII as its A-labels.
    private static func ascii(_ name: String) throws(SocketError) -> String {
        guard name.utf8.contains(where: { $0 >= 0x80 }) else { return name }
        do throws(AddressParseError) {
            return "\(try Endpoint.Host(name))"
        } catch {
            throw SocketError(.invalidArgument, in: .resolve, detail: error.message)
        }
    }

    /// The addresses of an endpoint, which must be one of a stream or of a datagram socket.
    func addresses(
        of endpoint: Endpoint,
        isDatagram: Bool = false
    ) async throws(SocketError) -> [SocketAddress] {
        let schemes: [Endpoint.Scheme] = isDatagram ? [.udp, .unixDatagram] : [.tcp, .unix]
        guard schemes.contains(endpoint.scheme) else {
            throw SocketError(
                .unsupported,
                in: .resolve,
                detail: "\(endpoint) is not a \(isDatagram ? "datagram" : "stream") endpoint"
            )
        }
        if let address = endpoint.socketAddress { return [address] }
        guard case .name(let name) = endpoint.host else {
            throw SocketError(
                .invalidArgument,
                in: .resolve,
                detail: "\(endpoint) stands for every address of this host: good to listen on, "
                    + "not to connect to"
            )
        }
        return try await resolve(name, port: endpoint.port)
    }

    // MARK: Threads

    /// One question on its way to a thread and back.
    final class Lookup: Sendable {
        let name: String
        let answered = Signal()
        let answer = Lock<Result<[SocketAddress], SocketError>?>(nil)

        init(name: String) { self.name = name }
    }

    private func start(_ lookup: Lookup) throws(SocketError) {
        let needsThread = try queue.withLock { (queue: inout Queue) throws(SocketError) -> Bool in
            guard queue.waiting.count < Self.queueLimit else {
                throw SocketError(
                    .resolutionFailed,
                    in: .resolve,
                    detail: "\(lookup.name): \(Self.queueLimit) names are waiting already"
                )
            }
            queue.waiting.append(lookup)
            guard queue.threads < Self.threadLimit else { return false }
            queue.threads += 1
            return true
        }
        guard needsThread else { return }
        do throws(SocketError) {
            try System.startThread(named: "resolver") { self.work() }
        } catch {
            queue.withLock { queue in
                queue.threads -= 1
                queue.waiting.removeAll { $0 === lookup }
            }
            throw error
        }
    }

    /// A thread lives as long as names are waiting.
    private func work() {
        while let lookup = queue.withLock({ queue -> Lookup? in
            if queue.waiting.isEmpty {
                queue.threads -= 1
                return nil
            }
            return queue.waiting.removeFirst()
        }) {
            let answer = System.lookUp(lookup.name)
            lookup.answer.withLock { $0 = answer }
            lookup.answered.set()
        }
    }

    // MARK: Order

    private static func isLocalhost(_ name: String) -> Bool {
        var name = name.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return name == "localhost" || name.hasSuffix(".localhost")
    }

    /// Alternates between the families, beginning with the family of the first.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first?.family else { return [] }
        let one = addresses.filter { $0.family == first }
        let other = addresses.filter { $0.family != first }
        var result: [SocketAddress] = []
        for index in 0..<max(one.count, other.count) {
            if index < one.count { result.append(one[index]) }
            if index < other.count { result.append(other[index]) }
        }
        return result
    }
}

extension SocketAddress {
    fileprivate func with(port: UInt16) -> SocketAddress {
        switch self {
        case .v4(let ip, _): .v4(ip, port: port)
        case .v6(let ip, _): .v6(ip, port: port)
        case .unix: self
        }
    }
}
