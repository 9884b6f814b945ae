import Sockets
import Testing

@Suite("Options of a stream socket")
struct StreamOptionTests {
    @Test func flagsReadBackAsTheyWereSet() async throws {
        let (client, server) = try await tcpPair()
        defer { server.close() }
        #expect(try client.get(.noDelay), "on by default")
        #expect(try server.get(.noDelay), "on by default, from the listener")
        for option in [SocketOption<Bool>.noDelay, .keepAlive, .reuseAddress, .reusePort] {
            for value in [true, false, true] {
                try client.set(option, to: value)
                #expect(try client.get(option) == value, "\(option.name)")
            }
        }
        try client.set(.quickAck, to: false)
        #expect(try !client.get(.quickAck))
        client.close()
    }

    @Test func whatIsAdoptedSendsSmallPiecesAtOnceToo() async throws {
        let old = try StreamSocket.create(.ipv4, options: [.set(.noDelay, to: false)])
            .bind(to: .v4(.loopback, port: 0))
            .listen()
        let listener = try StreamListener.adopt(old.handOver())
        defer { listener.close() }
        let client = try await StreamSocket.create(.ipv4).connect(to: listener.localAddress)
        #expect(try await listener.accept().get(.noDelay))
        try client.set(.noDelay, to: false)
        #expect(try StreamConnection.adopt(client.duplicateDescriptor()).get(.noDelay))
    }

    @Test func timesReadBackInTheirUnits() async throws {
        let (client, server) = try await tcpPair()
        defer { server.close() }
        try client.set(.keepAliveIdle, to: .seconds(30))
        try client.set(.keepAliveInterval, to: .seconds(7))
        try client.set(.keepAliveProbes, to: 4)
        try client.set(.userTimeout, to: .milliseconds(1234))
        #expect(try client.get(.keepAliveIdle) == .seconds(30))
        #expect(try client.get(.keepAliveInterval) == .seconds(7))
        #expect(try client.get(.keepAliveProbes) == 4)
        #expect(try client.get(.userTimeout) == .milliseconds(1234))
        // Rounded up, so that a short time does not become "none".
        try client.set(.keepAliveIdle, to: .milliseconds(1001))
        #expect(try client.get(.keepAliveIdle) == .seconds(2))
        try client.set(.userTimeout, to: .nanoseconds(1))
        #expect(try client.get(.userTimeout) == .milliseconds(1))
        client.close()
    }

    /// socket(7): "The kernel doubles this value (to allow space for bookkeeping overhead)".
    @Test func bufferSizesReadBackAsTwiceWhatWasSet() async throws {
        let (client, server) = try await tcpPair()
        try client.set(.sendBufferSize, to: 20_000)
        try client.set(.receiveBufferSize, to: 30_000)
        #expect(try client.get(.sendBufferSize) == 40_000)
        #expect(try client.get(.receiveBufferSize) == 60_000)
        client.close()
        server.close()
    }

    @Test func lingerIsOffOrATime() async throws {
        let (client, server) = try await tcpPair()
        #expect(try client.get(.linger) == nil)
        try client.set(.linger, to: .seconds(2))
        #expect(try client.get(.linger) == .seconds(2))
        try client.set(.linger, to: .zero)
        #expect(try client.get(.linger) == .zero)
        try client.set(.linger, to: nil)
        #expect(try client.get(.linger) == nil)
        client.close()
        server.close()
    }

    @Test func lingeringForNoTimeResets() async throws {
        let (client, server) = try await tcpPair()
        try client.set(.linger, to: .zero)
        client.close()
        var buffer = ByteBuffer()
        await expect(.reset) { _ = try await server.receive(into: &buffer) }
        server.close()
    }

    @Test func congestionControlIsAName() async throws {
        let (client, server) = try await tcpPair()
        let name = try client.get(.congestionControl)
        #expect(!name.isEmpty)
        try client.set(.congestionControl, to: name)
        #expect(try client.get(.congestionControl) == name)
        client.close()
        server.close()
    }

    @Test func settingsAreMadeBeforeBinding() async throws {
        let (client, server) = try await tcpPair(options: [
            .set(.noDelay, to: false), .set(.sendBufferSize, to: 20_000),
            .set(.keepAlive, to: true), .set(.keepAliveIdle, to: .seconds(11)),
        ])
        // The accepting side inherits the listener's.
        for connection in [client, server] {
            #expect(try !connection.get(.noDelay))
            #expect(try connection.get(.sendBufferSize) == 40_000)
            #expect(try connection.get(.keepAlive))
            #expect(try connection.get(.keepAliveIdle) == .seconds(11))
            connection.close()
        }
    }

    @Test func listenersTakeTheirOwnOptions() async throws {
        let listener = try StreamListener.listen(
            on: .v4(.loopback, port: 0),
            .init(options: [.set(.deferAccept, to: .seconds(1)), .set(.fastOpenQueue, to: 16)])
        )
        let client = try await StreamConnection.connect(to: Endpoint(listener.localAddress))
        try await client.send("x")
        try await listener.accept().close()
        client.close()
        listener.close()
    }

    // MARK: What bad values get

    @Test func badValuesGiveOneClearError() async throws {
        let (client, server) = try await tcpPair()
        let tooLarge = await expect(.invalidArgument) {
            try client.set(.sendBufferSize, to: Int(Int32.max) + 1)
        }
        #expect(
            tooLarge?.description
                == "set option: invalid argument (EINVAL): SO_SNDBUF to 2147483648"
        )
        await expect(.invalidArgument) { try client.set(.keepAliveProbes, to: 0) }
        await expect(.invalidArgument) { try client.set(.keepAliveIdle, to: .zero) }
        await expect(.invalidArgument) { try client.set(.keepAliveIdle, to: .seconds(-1)) }
        await expect(.invalidArgument) { try client.set(.keepAliveInterval, to: .seconds(1 << 40)) }
        await expect(.invalidArgument) { try client.set(.userTimeout, to: .seconds(Int64.max)) }
        await expect(.invalidArgument) { try client.set(.linger, to: .seconds(-1)) }
        client.close()
        server.close()
    }

    @Test func anUnknownCongestionControlIsNoRefusedConnection() async throws {
        let (client, server) = try await tcpPair()
        for name in ["nonsense", "", String(repeating: "x", count: 100)] {
            let error = await expect(.invalidArgument) {
                try client.set(.congestionControl, to: name)
            }
            #expect(error?.operation == .setOption)
        }
        client.close()
        server.close()
    }

    @Test func badSettingsAreErrorsOfTheirOption() async throws {
        let error = await expect(.invalidArgument) {
            _ = try StreamSocket.create(.ipv4, options: [.set(.keepAliveProbes, to: -1)])
        }
        #expect(error?.operation == .setOption)
        #expect(error?.detail == "TCP_KEEPCNT to -1")
    }

    @Test func tcpOptionsAreNotForUnixSockets() async throws {
        let (a, b) = try StreamConnection.pair()
        await expect(.unsupported) { try a.set(.noDelay, to: true) }
        await expect(.unsupported) { _ = try a.get(.keepAliveIdle) }
        await expect(.unsupported) { _ = try a.tcpInformation() }
        a.close()
        b.close()
    }

    @Test func nothingIsReadOrSetAfterClosing() async throws {
        let (client, server) = try await tcpPair()
        client.close()
        server.close()
        await expect(.closed) { _ = try client.get(.noDelay) }
        await expect(.closed) { try client.set(.noDelay, to: true) }
        await expect(.closed) { _ = try client.tcpInformation() }
        await expect(.closed) { _ = try client.unsentCount() }
        #expect(client.localAddress == nil)
    }

    // MARK: What the kernel knows

    @Test func tcpInformationIsOfTheLiveConnection() async throws {
        let (client, server) = try await tcpPair()
        try await client.send(pattern(5000))
        try await server.send("answer")
        var buffer = ByteBuffer()
        while buffer.count < 5000 { _ = try await server.receive(into: &buffer) }
        try await eventually { try client.tcpInformation().acknowledgedSize >= 5000 }
        let information = try client.tcpInformation()
        #expect(information.state == .established)
        #expect(information.roundTripTime > .zero)
        #expect(information.retransmissionTimeout > .zero)
        #expect(information.congestionWindow > 0)
        #expect(information.sendSegmentSize > 500)
        #expect(information.pathMTU > 500)
        #expect(information.receivedSize == 6)
        #expect(information.notSentSize == 0)
        #expect(try server.tcpInformation().receivedSize == 5000)
        try await client.finish()
        try await eventually { try server.tcpInformation().state == .closeWait }
        try await eventually { try client.tcpInformation().state == .finWait2 }
        client.close()
        server.close()
    }

    @Test func unreadAndUnsentBytesAreCounted() async throws {
        let (client, server) = try await tcpPair()
        #expect(try client.unsentCount() == 0)
        #expect(try server.unreadCount() == 0)
        try await client.send("hello")
        try await eventually { try server.unreadCount() == 5 }
        try await eventually { try client.unsentCount() == 0 }
        // Nobody reads: what the peer's kernel does not take stays here.
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(100))) {
                while true { try await client.send([UInt8](repeating: 0, count: 1 << 20)) }
            }
        }
        #expect(try client.unsentCount() > 0)
        client.close()
        server.close()
    }
}
