import Glibc
import Testing

@testable import Sockets

/// Unix datagrams may carry descriptors too; whoever receives them here asked for none.
@Suite("Descriptors with Unix datagrams")
struct DatagramDescriptorTests {
    @Test func areClosedWhenOneDatagramIsReceived() async throws {
        let (a, b) = try DatagramConnection.pair()
        let witness = try Witness()
        try await witness.pass { try send($0, over: a) }
        var memory = [UInt8](repeating: 0, count: 9)
        #expect(try await b.receive(into: &memory).count == 1)
        await witness.expectGone()
    }

    @Test func areClosedWhenABatchIsReceived() async throws {
        let (a, b) = try DatagramConnection.pair()
        let witnesses = try (0..<3).map { _ in try Witness() }
        for witness in witnesses { try await witness.pass { try send($0, over: a) } }
        var batch = DatagramBatch(capacity: 8, datagramSize: 16)
        var count = 0
        while count < 3 {
            try await b.receive(into: &batch)
            count += batch.count
        }
        for witness in witnesses { await witness.expectGone() }
    }
}

/// Passes a descriptor, as another make of sender does.
private func send(_ number: CInt, over connection: DatagramConnection) throws {
    let result = connection.core.socket.withNumber { socket in
        unsafe withUnsafeBytes(of: UInt8(7)) {
            unsafe System.send(socket, $0.baseAddress.unsafelyUnwrapped, 1, passing: [number])
        }
    }
    try #require(result == 1)
}
