import SocketsTesting
import Testing

@testable import Sockets

struct ControlMessageTests {
    private func written(_ metadata: DatagramMetadata, isIPv6: Bool?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: ControlMessages.sendCapacity)
        let size = unsafe bytes.withUnsafeMutableBytes {
            unsafe ControlMessages.write(metadata, isIPv6: isIPv6, to: $0)
        }
        return Array(bytes[..<size])
    }

    private func read(_ bytes: [UInt8]) -> DatagramMetadata {
        unsafe bytes.withUnsafeBytes { unsafe ControlMessages.read($0) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        for isIPv6 in [false, true] {
            let address: IPAddress = isIPv6 ? .v6(.loopback) : .v4(.loopback)
            let metadata = DatagramMetadata(
                localAddress: address,
                interfaceIndex: 7,
                hopLimit: 200,
                trafficClass: .init(rawValue: 0xFF),
                segmentSize: 1400
            )
            var expected = metadata
            // What is the header's destination when received.
            expected.destination = isIPv6 ? address : .v4(.any)
            #expect(read(written(metadata, isIPv6: isIPv6)) == expected)
            #expect(read(written(metadata, isIPv6: nil)) == expected)
        }
    }

    @Test func theLargestSetFitsItsRoom() {
        let metadata = DatagramMetadata(
            interfaceIndex: 1,
            hopLimit: 1,
            trafficClass: .init(rawValue: 1),
            segmentSize: 1
        )
        #expect(written(metadata, isIPv6: nil).count == ControlMessages.sendCapacity)
    }

    @Test func everyTruncationAndRandomBytesAreReadWithoutATrap() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        let whole = written(
            DatagramMetadata(
                localAddress: .v6(.loopback),
                hopLimit: 1,
                trafficClass: .init(rawValue: 1),
                segmentSize: 1
            ),
            isIPv6: nil
        )
        for count in 0...whole.count { _ = read(Array(whole[..<count])) }
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            _ = read(bytes)
        }
        // A length that ends beyond everything.
        var endless = whole
        for index in 0..<8 { endless[index] = 0xFF }
        #expect(read(endless) == DatagramMetadata())
    }
}
