import Glibc
import Sockets

/// The names of addresses, looked up in the background: getnameinfo(3), which blocks.
final class HostNames: Sendable {
    /// How long to wait for names at the end: 2 s.
    ///
    /// Arbitrary: they are an ornament.
    private static let patience = Duration.seconds(2)

    private let state = Lock(HostNameTable())

    /// The name of an address, if it is known by now.
    func name(of address: IPAddress) -> String? {
        state.withLock { $0.names[address] ?? nil }
    }

    /// Begins to look up those that are new, one after the other in a thread.
    func lookUp(_ addresses: [IPAddress]) {
        let mustStart = state.withLock { state in
            for address in addresses where state.seen.insert(address).inserted {
                state.queue.append(address)
            }
            guard !state.isRunning, !state.queue.isEmpty else { return false }
            state.isRunning = true
            return true
        }
        guard mustStart else { return }
        do throws(Failure) {
            try BackgroundThread.start { [self] in run() }
        } catch {
            // They are an ornament: addresses do.
            state.withLock { $0.isRunning = false }
        }
    }

    private func run() {
        while let address = next() {
            let name = Self.find(address)
            state.withLock { $0.names[address] = .some(name) }
        }
    }

    private func next() -> IPAddress? {
        let (address, waiter) = state.withLock { state -> (IPAddress?, Doorbell?) in
            if !state.queue.isEmpty { return (state.queue.removeFirst(), nil) }
            state.isRunning = false
            return (nil, state.waiter)
        }
        waiter?.ring()
        return address
    }

    /// Waits until all have been looked up, or for a while.
    func finish() async {
        let bell = Doorbell()
        let isRunning = state.withLock { state in
            state.waiter = bell
            return state.isRunning
        }
        if isRunning { _ = try? await bell.wait(until: .after(Self.patience)) }
    }

    /// The name, printable characters only: whoever owns the address chose it.
    private static func find(_ address: IPAddress) -> String? {
        guard let name = Resolver.nameBlocking(of: address) else { return nil }
        let isPrintable = name.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
        return isPrintable ? name : nil
    }
}

/// What is known of names.
struct HostNameTable {
    var names: [IPAddress: String?] = [:]
    var seen: Set<IPAddress> = []
    var queue: [IPAddress] = []
    var isRunning = false
    var waiter: Doorbell?
}
