import Foundation
import Sockets
import TestSupport
import Testing

/// Packets made to break whoever prints them.
@Suite(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
struct HostilePacketTests {
    private static let packetCount = 400

    @Test(arguments: Draws.seeds(2), [false, true])
    func everyPacketIsOneCleanLine(_ seed: UInt64, asJSON: Bool) async throws {
        try await CaptureNetwork.run { network in
            // A name that commands a terminal is as hostile as a packet.
            try network.here.ip("link", "set", "eth0", "down")
            try network.here.ip("link", "set", "eth0", "name", "e\u{1B}[31m", "up")
            let count = Self.packetCount
            let capture = try network.capture(
                // Only those of this test: neighbour discovery has other addresses.
                "ether proto 0x88b5 or src 10.66.66.66 or src fd66::66 or arp host 10.66.66.66",
                "--count",
                "\(count)",
                asJSON ? "--json" : "--snap",
                asJSON ? "-v" : "200"
            )
            let (socket, interface) = try network.there.inside {
                (try PacketSocket.create().bind(type: .arp), try NetworkInterface.named("eth0"))
            }
            var draws = Draws(seed: seed)
            for _ in 0..<count {
                let (type, bytes) = HostilePacket.next(&draws)
                try await unsafe socket.send(
                    bytes.span.bytes,
                    type: type,
                    to: .broadcast,
                    by: interface
                )
            }
            let outcome = capture.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: UInt8(ascii: "\n"))
            #expect(lines.count == count)
            #expect(outcome.output.allSatisfy { $0 == 10 || 0x20..<0x7F ~= $0 })
            #expect(outcome.errors.utf8.allSatisfy { $0 == 10 || 0x20..<0x7F ~= $0 })
            if asJSON {
                for line in lines {
                    #expect(throws: Never.self) {
                        _ = try JSONSerialization.jsonObject(with: Data(line))
                    }
                }
            }
        }
    }
}

/// A packet that begins well, so that a filter takes it, and goes on badly.
private enum HostilePacket {
    static func next(_ draws: inout Draws) -> (EtherType, [UInt8]) {
        let noise = (0..<Int.random(in: 0...300, using: &draws)).map { _ in
            Bool.random(using: &draws) ? 0x1B : UInt8.random(in: 0...255, using: &draws)
        }
        switch Int.random(in: 0..<4, using: &draws) {
        case 0:
            var header: [UInt8] = [
                0x45, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 10, 66, 66, 66, 10, 9, 0, 1,
            ]
            header[0] = 0x40 | UInt8.random(in: 0...15, using: &draws)
            for index in [2, 3, 6, 7] { header[index] = .random(in: 0...255, using: &draws) }
            header[9] =
                [1, 6, 17, 47, 58, 132, .random(in: 0...255, using: &draws)]
                .randomElement(using: &draws) ?? 6
            return (.ipv4, header + noise)
        case 1:
            var header: [UInt8] = [0x60, 0, 0, 0, 0, 0, 6, 64]
            for index in [4, 5] { header[index] = .random(in: 0...255, using: &draws) }
            header[6] = [0, 6, 17, 43, 44, 51, 58, 60, 135].randomElement(using: &draws) ?? 0
            let source: [UInt8] = [0xFD, 0x66] + [UInt8](repeating: 0, count: 13) + [0x66]
            return (.ipv6, header + source + source + noise)
        case 2:
            var message: [UInt8] = [0, 1, 8, 0, 6, 4, 0, 1] + [1, 2, 3, 4, 5, 6]
            message += [10, 66, 66, 66] + [0, 0, 0, 0, 0, 0] + [10, 66, 66, 66]
            message[.random(in: 4...7, using: &draws)] = .random(in: 0...255, using: &draws)
            return (.arp, message + noise)
        default: return (EtherType(rawValue: 0x88B5), noise)
        }
    }
}
