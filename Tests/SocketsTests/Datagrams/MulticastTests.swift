import Sockets
import TestSupport
import Testing

/// Two hosts on one cable; the first has two addresses.
@Suite(
    "Groups and broadcast",
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct MulticastTests {
    struct Group: Sendable, CustomTestStringConvertible {
        let address: String
        let isIPv6: Bool
        var testDescription: String { address }
        var any: SocketAddress { isIPv6 ? .v6(.any, port: 0) : .v4(.any, port: 0) }
        var senders: [String] {
            isIPv6 ? ["fd00:7::1", "fd00:7::11"] : ["10.7.0.1", "10.7.0.11"]
        }
    }

    static let groups = [
        Group(address: "239.7.7.7", isIPv6: false), Group(address: "232.7.7.7", isIPv6: false),
        Group(address: "ff02::7:7", isIPv6: true), Group(address: "ff05::7:7", isIPv6: true),
        Group(address: "ff35::7:7", isIPv6: true),
    ]

    private struct Hosts {
        let one: NetworkNamespace
        let other: NetworkNamespace
        let interface: NetworkInterface
        let otherInterface: NetworkInterface
    }

    private func withHosts(_ body: (Hosts) async throws -> Void) async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect("eth0", "10.7.0.1/24", to: hosts[1], "eth0", "10.7.0.2/24")
            try hosts[0].addAddress("10.7.0.11/24", to: "eth0")
            for (host, address) in [(0, "fd00:7::1/64"), (0, "fd00:7::11/64"), (1, "fd00:7::2/64")]
            {
                try hosts[host].addAddress(address, to: "eth0")
            }
            try await body(
                Hosts(
                    one: hosts[0],
                    other: hosts[1],
                    interface: try hosts[0].inside { try NetworkInterface.named("eth0") },
                    otherInterface: try hosts[1].inside { try NetworkInterface.named("eth0") }
                )
            )
        }
    }

    private func sender(_ hosts: Hosts, from text: String) throws -> DatagramSocket {
        let address = SocketAddress(try IPAddress(text), port: 0)
        return try hosts.one.inside {
            try DatagramSocket.bind(
                to: address,
                options: [.set(.multicastInterface, to: hosts.interface)]
            )
        }
    }

    @Test(arguments: groups)
    func membersReceiveUntilTheyLeave(_ group: Group) async throws {
        try await withHosts { hosts in
            let address = try IPAddress(group.address)
            let member = try hosts.other.inside {
                try DatagramSocket.bind(to: group.any, metadata: [.localAddress, .hopLimit])
            }
            let sender = try sender(hosts, from: group.senders[0])
            let target = SocketAddress(address, port: try #require(member.localAddress.port))
            try member.join(address, on: hosts.otherInterface)
            try await sender.send("all", to: target)
            let (text, datagram) = try await member.receiveText()
            #expect(text == "all" && datagram.source == sender.localAddress)
            #expect(datagram.metadata.hopLimit == 1)
            #expect(datagram.metadata.interfaceIndex == hosts.otherInterface.index)
            guard let destination = datagram.metadata.destination else {
                Issue.record("no destination")
                return
            }
            #expect("\(destination)".hasPrefix(group.address))
            try sender.set(.multicastHopLimit, to: 3)
            #expect(try sender.get(.multicastHopLimit) == 3)
            try await sender.send("far", to: target)
            #expect(try await member.receiveText().1.metadata.hopLimit == 3)
            // An answer goes to the sender, from this host's own address.
            try await member.send("me", to: datagram.source, metadata: datagram.metadata.reply)
            #expect(try await sender.receiveText().text == "me")
            try member.leave(address, on: hosts.otherInterface)
            try await sender.send("nobody", to: target)
            #expect(try await nothingBefore("mark", at: member, from: sender, group))
            let error = await expect(.addressNotAvailable) {
                try member.leave(address, on: hosts.otherInterface)
            }
            #expect(error?.operation == .leaveGroup && error?.transport == .udp)
        }
    }

    @Test(arguments: groups)
    func aMemberForOneSourceHearsNoOther(_ group: Group) async throws {
        try await withHosts { hosts in
            let address = try IPAddress(group.address)
            let member = try hosts.other.inside { try DatagramSocket.bind(to: group.any) }
            let senders = try group.senders.map { try sender(hosts, from: $0) }
            let target = SocketAddress(address, port: try #require(member.localAddress.port))
            let source = try #require(senders[1].localAddress.ip)
            try member.join(address, from: source, on: hosts.otherInterface)
            for round in 0..<3 {
                try await senders[0].send("other", to: target)
                try await senders[1].send("source \(round)", to: target)
                let (text, datagram) = try await member.receiveText()
                #expect(text == "source \(round)" && datagram.source == senders[1].localAddress)
            }
            let second = try #require(senders[0].localAddress.ip)
            try member.join(address, from: second, on: hosts.otherInterface)
            try await senders[0].send("now", to: target)
            #expect(try await member.receiveText().text == "now")
            try member.leave(address, from: source, on: hosts.otherInterface)
            try await senders[1].send("left", to: target)
            #expect(try await nothingBefore("mark", at: member, from: senders[0], group))
        }
    }

    @Test(arguments: groups)
    func whatOneSendsComesBackOnlyWithLoopback(_ group: Group) async throws {
        try await withHosts { hosts in
            let address = try IPAddress(group.address)
            let member = try hosts.one.inside { try DatagramSocket.bind(to: group.any) }
            try member.join(address, on: hosts.interface)
            let sender = try sender(hosts, from: group.senders[0])
            let target = SocketAddress(address, port: try #require(member.localAddress.port))
            #expect(try sender.get(.multicastLoopback))
            try await sender.send("here", to: target)
            #expect(try await member.receiveText().text == "here")
            try sender.set(.multicastLoopback, to: false)
            try await sender.send("not here", to: target)
            let own = SocketAddress(
                try IPAddress(group.senders[0]),
                port: try #require(member.localAddress.port)
            )
            try await sender.send("mark", to: own)
            #expect(try await member.receiveText().text == "mark")
        }
    }

    @Test func broadcastsReachTheOtherHostAndNeedTheOption() async throws {
        try await withHosts { hosts in
            let receiver = try hosts.other.inside {
                try DatagramSocket.bind(to: .v4(.any, port: 0), metadata: .localAddress)
            }
            let sender = try hosts.one.inside {
                try DatagramSocket.bind(to: .v4(IPv4Address("10.7.0.1"), port: 0))
            }
            let target = SocketAddress(
                try IPAddress("10.7.0.255"),
                port: try #require(receiver.localAddress.port)
            )
            let error = await expect(.permissionDenied) { try await sender.send("all", to: target) }
            #expect(error?.peerAddress == target)
            try sender.set(.broadcast, to: true)
            try await sender.send("all", to: target)
            let (text, datagram) = try await receiver.receiveText()
            #expect(text == "all")
            #expect(datagram.metadata.destination == target.ip)
            // An answer comes from the host's own address, not from the broadcast one.
            #expect(datagram.metadata.localAddress == (try IPAddress("10.7.0.2")))
            try await receiver.send("me", to: datagram.source, metadata: datagram.metadata.reply)
            #expect(try await sender.receiveText().1.source.ip == (try IPAddress("10.7.0.2")))
        }
    }

    /// Whether the next that a member gets is this mark, sent to its own address.
    private func nothingBefore(
        _ mark: String,
        at member: DatagramSocket,
        from sender: DatagramSocket,
        _ group: Group
    ) async throws -> Bool {
        let own = try IPAddress(group.isIPv6 ? "fd00:7::2" : "10.7.0.2")
        let port = member.localAddress.port ?? 0
        try await sender.send(mark, to: SocketAddress(own, port: port))
        return try await member.receiveText().text == mark
    }
}
