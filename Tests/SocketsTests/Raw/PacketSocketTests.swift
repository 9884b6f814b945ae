import Sockets
import TestSupport
import Testing

@Suite(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
struct PacketSocketTests {
    /// Two hosts, `10.9.0.1` and `10.9.0.2`, with an `eth0` each and a cable between.
    private func withHosts(
        _ body: (NetworkNamespace, NetworkNamespace) async throws -> Void
    ) async throws {
        try await withNetworkNamespaces(2) { hosts in
            for host in hosts { try host.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1") }
            try hosts[0].ip("link", "set", "lo", "up")
            try hosts[0].connect("eth0", "10.9.0.1/24", to: hosts[1], "eth0", "10.9.0.2/24")
            try await withDeadline(.after(.seconds(30))) { try await body(hosts[0], hosts[1]) }
        }
    }

    private func capture(
        _ filter: String,
        in host: NetworkNamespace,
        on interface: String = "eth0",
        keeping size: UInt32 = .max
    ) throws -> PacketSocket {
        let program = try CaptureFilter(filter).program(for: .datagram, keeping: size)
        return try host.inside {
            try PacketSocket.create(filter: program).bind(
                to: interface == "any" ? .any : .named(interface)
            )
        }
    }

    @Test func aPacketIsReceivedWithItsLink() async throws {
        try await withHosts { here, there in
            let socket = try capture("icmp", in: here)
            try there.run("ping", "-c1", "-s", "100", "10.9.0.1")
            var memory = [UInt8](repeating: 0, count: 2048)
            let request = try await socket.receive(into: &memory)
            #expect(request.link.direction == .toHost)
            #expect(request.link.type == .ipv4)
            #expect(request.link.hardwareType == 1)
            #expect(request.link.addressSize == 6)
            #expect(request.interface == socket.interface)
            #expect(request.count == 128 && request.size == 128)
            #expect(request.vlan == nil)
            #expect(request.receiveTime > .seconds(1_600_000_000))
            let layers = unsafe PacketLayers(parsing: memory.span.bytes, network: request.link.type)
            guard case .icmp(.echoRequest) = layers.transport else {
                Issue.record("no echo request: \(layers)")
                return
            }
            let reply = try await socket.receive(into: &memory)
            #expect(reply.link.direction == .outgoing)
            #expect(reply.receiveTime >= request.receiveTime)
        }
    }

    @Test func aBatchHoldsThePacketsThatWait() async throws {
        try await withHosts { here, there in
            let socket = try capture("icmp", in: here, on: "any")
            try there.run("ping", "-c3", "-i0.01", "10.9.0.1")
            var batch = DatagramBatch(capacity: 16, datagramSize: 2048)
            try await socket.receive(into: &batch)
            #expect(batch.count == 6)
            let directions = (0..<batch.count).map { batch.packet(at: $0).link.direction }
            #expect(directions.filter { $0 == .outgoing }.count == 3)
            #expect(socket.statistics().matchedCount == 6)
            #expect(socket.statistics().receivedCount == 6)
        }
    }

    @Test func whatAFilterCutsOffIsCountedAll() async throws {
        try await withHosts { here, there in
            let socket = try capture("icmp", in: here, keeping: 40)
            try there.run("ping", "-c1", "-s", "100", "10.9.0.1")
            var memory = [UInt8](repeating: 0, count: 2048)
            let packet = try await socket.receive(into: &memory)
            #expect(packet.count == 40)
            #expect(packet.size == 128)
            #expect(packet.isTruncated)
        }
    }

    @Test func theVLANTagIsToldBesideTheBytes() async throws {
        try await withHosts { here, there in
            let socket = try capture("vlan 7 and icmp", in: here)
            try there.send(frame: NetworkNamespace.taggedEchoRequest, by: "eth0")
            var memory = [UInt8](repeating: 0, count: 2048)
            let packet = try await socket.receive(into: &memory)
            #expect(packet.vlan?.identifier == 7)
            #expect(packet.link.type == .ipv4)
        }
    }

    @Test func nothingComesBeforeItIsBound() async throws {
        try await withHosts { here, there in
            let socket = try here.inside {
                let unbound = try PacketSocket.create()
                try there.run("ping", "-c1", "10.9.0.1")
                return try unbound.bind(to: .named("eth0"), type: .ipv4)
            }
            var memory = [UInt8](repeating: 0, count: 2048)
            await #expect {
                try await withDeadline(.after(.milliseconds(20))) {
                    _ = try await socket.receive(into: &memory)
                }
            } throws: { ($0 as? SocketError)?.code == .deadlinePassed }
            #expect(socket.statistics().matchedCount == 0)
        }
    }

    @Test func whatAFullBufferDropsIsCounted() async throws {
        try await withHosts { here, there in
            let program = try CaptureFilter("icmp").program(for: .datagram)
            let socket = try here.inside {
                try PacketSocket.create(filter: program, receiveBufferSize: 1)
                    .bind(to: .named("eth0"))
            }
            try there.run("ping", "-c30", "-i0.002", "-s1000", "10.9.0.1")
            var batch = DatagramBatch(capacity: 64, datagramSize: 2048)
            try await socket.receive(into: &batch)
            let statistics = socket.statistics()
            #expect(statistics.droppedCount > 0)
            #expect(statistics.matchedCount == 60)
            #expect(statistics.receivedCount + statistics.droppedCount == 60)
            // Reading them has the kernel forget them, and us not.
            #expect(socket.statistics() == statistics)
        }
    }

    @Test func aPacketThatIsSentArrives() async throws {
        try await withHosts { here, there in
            let receiver = try capture("udp port 7777", in: here)
            let (sender, interface) = try there.inside {
                (try PacketSocket.create().bind(type: .arp), try NetworkInterface.named("eth0"))
            }
            // IPv4 and UDP headers without checksums, 10.9.0.2 to 10.9.0.1, and one byte.
            let packet: [UInt8] = [
                0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 0, 2, 10, 9, 0, 1,
                0x1E, 0x61, 0x1E, 0x61, 0, 9, 0, 0, 42,
            ]
            try await unsafe sender.send(
                packet.span.bytes,
                type: .ipv4,
                to: .broadcast,
                by: interface
            )
            var memory = [UInt8](repeating: 0, count: 2048)
            let received = try await receiver.receive(into: &memory)
            #expect(Array(memory.prefix(received.count)) == packet)
            #expect(received.link.direction == .broadcast)
            #expect(sender.statistics().sentCount == 1)
        }
    }

    @Test func anInterfaceThatIsNotThereOrDownIsAnError() async throws {
        try await withHosts { here, _ in
            #expect {
                _ = try here.inside { try PacketSocket.create().bind(to: .init(index: 9999)) }
            } throws: {
                ($0 as? SocketError)?.code == .nameNotFound
                    && "\($0)".contains("there is no interface #9999")
            }
            try here.ip("link", "add", "idle", "type", "veth", "peer", "name", "idler")
            #expect {
                _ = try here.inside { try PacketSocket.create().bind(to: .named("idle")) }
            } throws: { "\($0)".hasSuffix("(ENETDOWN): the interface idle is down") }
            #expect {
                _ = try here.inside { try PacketSocket.create().bind(isPromiscuous: true) }
            } throws: { ($0 as? SocketError)?.code == .invalidArgument }
        }
    }

    @Test func anInterfaceThatGoesDownEndsTheReceive() async throws {
        try await withHosts { here, _ in
            let socket = try capture("udp port 1", in: here)
            try here.ip("link", "set", "eth0", "down")
            var batch = DatagramBatch(capacity: 4, datagramSize: 64)
            await #expect {
                try await socket.receive(into: &batch)
            } throws: { ($0 as? SocketError)?.code == .networkUnreachable }
        }
    }

    @Test func promiscuityEndsWithTheSocket() async throws {
        try await withHosts { here, _ in
            func isPromiscuous() throws -> Bool {
                try here.ip("-d", "link", "show", "eth0").contains("promiscuity 1")
            }
            let socket = try here.inside {
                try PacketSocket.create().bind(to: .named("eth0"), isPromiscuous: true)
            }
            #expect(try isPromiscuous())
            socket.close()
            #expect(try !isPromiscuous())
        }
    }

    @Test func aRawSocketTakesAFilter() async throws {
        try await withHosts { here, there in
            let socket = try here.inside { try RawSocket.create(.ipv4, protocol: .icmp) }
            try socket.attach(CaptureFilter("src 10.9.0.2 and greater 100").program(for: .rawIP))
            try there.run("ping", "-c1", "-s10", "10.9.0.1")
            try there.run("ping", "-c1", "-s100", "10.9.0.1")
            var memory = [UInt8](repeating: 0, count: 2048)
            #expect(try await socket.receive(into: &memory).size == 128)
        }
    }
}
