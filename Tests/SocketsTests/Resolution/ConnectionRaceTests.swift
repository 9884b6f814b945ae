import SocketsTesting
import Testing

@testable import Sockets

@Suite("A race of connections")
struct ConnectionRaceTests {
    @Test func goesOnToTheNextAddressAsSoonAsOneRefuses() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        defer { listener.close() }
        let connection = try await race([try await refusingAddress(), listener.localAddress])
        #expect(connection.peerAddress == listener.localAddress)
        connection.close()
    }

    @Test func takesTheFirstThatAnswers() async throws {
        let (one, two) = (
            try StreamListener.listen(on: .v4(.loopback, port: 0)),
            try StreamListener.listen(on: .v4(.loopback, port: 0))
        )
        let connection = try await race([one.localAddress, two.localAddress])
        #expect(connection.peerAddress == one.localAddress)
        connection.close()
        one.close()
        two.close()
    }

    @Test func listsTheOthersWhenAllRefuse() async throws {
        let addresses = [
            try await refusingAddress(), try await refusingAddress(), try await refusingAddress(),
        ]
        let error = await expect(.refused) { _ = try await race(addresses) }
        #expect(error?.operation == .connect)
        #expect(error?.peerAddress == addresses[2])
        #expect(
            error?.detail
                == "after \(addresses[0]): connection refused, \(addresses[1]): connection refused"
        )
    }

    @Test func isNoRaceWithoutAnAddress() async throws {
        await expect(.noAddress) { _ = try await race([]) }
    }

    @Test func startsTheNextAttemptWhenOneIsSilent() async throws {
        try await withSilentAddress { silent in
            let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
            defer { listener.close() }
            let begin = ContinuousClock.now
            let connection = try await race([silent, listener.localAddress])
            let time = ContinuousClock.now - begin
            #expect(connection.peerAddress == listener.localAddress)
            #expect(time >= ConnectionRace.attemptDelay)
            connection.close()
        }
    }

    @Test func givesUpAtTheDeadline() async throws {
        try await withSilentAddress { silent in
            await expect(.deadlinePassed) {
                try await withDeadline(.after(.milliseconds(30))) {
                    _ = try await race([silent, silent])
                }
            }
        }
    }

    @Test func leavesNoDescriptorOfTheLosersAndTheCancelled() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await withSilentAddress { silent in
                    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
                    defer { listener.close() }
                    try await race([silent, listener.localAddress]).close()
                    let racing = Task { try await race([silent, silent]).close() }
                    try await EventLoop.nearest.sleep(until: .after(.milliseconds(300)))
                    racing.cancel()
                    await expect(.cancelled) { try await racing.value }
                }
            }
        }
    }
}

private func race(_ addresses: [SocketAddress]) async throws(SocketError) -> StreamConnection {
    try await ConnectionRace(addresses: addresses, loops: .shared, options: []).run()
}

/// An address of this machine where nobody listens: bound, so that nobody else gets the port.
private func refusingAddress() async throws -> SocketAddress {
    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
    let address = listener.localAddress
    listener.close()
    return address
}

/// An address that answers nothing: a listener whose queue is full drops what else comes
/// (listen(2), tcp_abort_on_overflow).
private func withSilentAddress(_ body: (SocketAddress) async throws -> Void) async throws {
    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), .init(backlog: 0))
    defer { listener.close() }
    let address = listener.localAddress
    var queued: [StreamConnection] = []
    // A queue of zero holds one; the limit only ends the test where that is not so.
    for _ in 0..<8 {
        do throws(SocketError) {
            queued.append(
                try await withDeadline(.after(.milliseconds(100))) {
                    () async throws(SocketError) in
                    try await StreamSocket.create(.ipv4).connect(to: address)
                }
            )
        } catch {
            try #require(error.code == .deadlinePassed)
            break
        }
    }
    try await body(address)
    for connection in queued { connection.close() }
}
