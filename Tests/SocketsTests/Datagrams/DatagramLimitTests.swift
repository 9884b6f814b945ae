import Sockets
import Testing

struct DatagramLimitTests {
    private static let limits: [(SocketAddress, Int)] = [
        (.v4(.loopback, port: 0), 65_507), (.v6(.loopback, port: 0), 65_527),
    ]

    @Test(arguments: limits)
    func aDatagramOfExactlyTheLimitArrivesAndOneMoreByteIsRefused(
        _ place: SocketAddress,
        _ limit: Int
    ) async throws {
        let one = try DatagramSocket.bind(to: place)
        let other = try DatagramSocket.bind(to: place)
        let bytes = pattern(limit + 1)
        try await unsafe one.send(bytes.span.bytes.extracting(0..<limit), to: other.localAddress)
        var batch = DatagramBatch(capacity: 2, datagramSize: limit)
        try await other.receive(into: &batch)
        #expect(batch.count == 1 && !batch.isTruncated(at: 0) && batch.size(at: 0) == limit)
        #expect(unsafe batch.bytes(at: 0).withUnsafeBytes { unsafe Array($0) } == bytes.dropLast())
        let error = await expect(.messageTooLarge) {
            try await unsafe one.send(bytes.span.bytes, to: other.localAddress)
        }
        let text = try "\(#require(error))"
        #expect(
            text.contains("send udp")
                && text.contains("\(limit + 1) bytes, and the limit is \(limit)")
        )
        #expect(try await other.hasNothing())
    }

    @Test func aBatchHoldsItsCapacityAndSaysSoWhenItIsFull() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        var batch = DatagramBatch(capacity: 3, datagramSize: 4)
        for number in 0..<3 {
            #expect(unsafe batch.append("\(number)".utf8Span.span.bytes, to: socket.localAddress))
        }
        #expect(unsafe !batch.append("x".utf8Span.span.bytes, to: socket.localAddress))
        try await socket.send(&batch)
        #expect(batch.count == 0)
        // More than the batch takes wait in the socket; one that is cut says how large it was.
        try await socket.send("12345", to: socket.localAddress)
        try await socket.receive(into: &batch)
        #expect(batch.count == 3)
        try await socket.receive(into: &batch)
        #expect(batch.count == 1 && batch.isTruncated(at: 0) && batch.size(at: 0) == 5)
        #expect(batch.bytes(at: 0).byteCount == 4)
        batch.removeAll()
        #expect(batch.count == 0)
        try await socket.send(&batch)
    }

    @Test func mistakesOfTheCallerTrap() async {
        await #expect(processExitsWith: .failure) {
            _ = DatagramBatch(capacity: 0, datagramSize: 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = DatagramBatch(capacity: 1025, datagramSize: 1)
        }
        await #expect(processExitsWith: .failure) {
            var batch = DatagramBatch(capacity: 1, datagramSize: 1)
            _ = unsafe batch.append("two".utf8Span.span.bytes)
        }
        await #expect(processExitsWith: .failure) {
            let batch = DatagramBatch(capacity: 1, datagramSize: 1)
            _ = batch.bytes(at: 0)
        }
    }

    @Test func errorsBeforeThereIsASocketSayUDPToo() async throws {
        let taken = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let error = await expect(.addressInUse) {
            _ = try await DatagramSocket.bind(to: Endpoint(taken.localAddress, isDatagram: true))
        }
        #expect(try "\(#require(error))".hasPrefix("bind udp \(taken.localAddress): "))
        let refused = await expect(.invalidArgument) {
            try taken.set(.hopLimit, to: 1_000_000)
        }
        #expect(refused?.transport == .udp)
        taken.close()
        let closed = await expect(.closed) { try await taken.send("x", to: taken.localAddress) }
        #expect(closed?.transport == .udp)
    }
}
