import Sockets

/// The hosts as they were named, and the addresses that are asked: each address once, whatever
/// number of names it has.
struct PingTargets: Sendable {
    /// Each host, in the order of naming.
    let hosts: [ProbeTarget]
    /// Each address, in the order of its first host.
    let addresses: [IPAddress]
    /// Of each address, the places of its hosts.
    private let places: [[Int]]

    init(_ hosts: [ProbeTarget]) {
        var (addresses, places): ([IPAddress], [[Int]]) = ([], [])
        for (place, host) in hosts.enumerated() {
            if let known = addresses.firstIndex(of: host.address) {
                places[known].append(place)
            } else {
                addresses.append(host.address)
                places.append([place])
            }
        }
        (self.hosts, self.addresses, self.places) = (hosts, addresses, places)
    }

    /// The hosts of an address: what comes from there is told of each.
    func hosts(ofAddress number: Int) -> [ProbeTarget] { places[number].map { hosts[$0] } }

    /// Each host with the number of its address, and the host it is asked together with: the first
    /// one of that address, if that is another.
    var rows: [(host: ProbeTarget, address: Int, first: ProbeTarget?)] {
        var rows: [Int: (ProbeTarget, Int, ProbeTarget?)] = [:]
        for (address, places) in places.enumerated() {
            for place in places {
                let first = place == places[0] ? nil : hosts[places[0]]
                rows[place] = (hosts[place], address, first)
            }
        }
        return hosts.indices.compactMap { rows[$0] }
    }
}
