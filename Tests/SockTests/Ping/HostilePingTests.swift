import Sockets
import TestSupport
import Testing

/// A host that answers echo requests in every wrong way.
@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct HostilePingTests {
    @Test func wrongRepliesAreCountedAndIgnored() async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect("eth0", "10.0.0.1/24", to: hosts[1], "eth0", "10.0.0.2/24")
            try hosts[1].run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1")
            let liar = try hosts[1].inside { try RawSocket.create(.ipv4, protocol: .icmp) }
            try liar.accept(icmpTypes: [8])
            let program = try hosts[0].startSock("ping", "-c", "1", "--json", "10.0.0.2")
            var memory = [UInt8](repeating: 0, count: 2048)
            let request = try await withDeadline(.after(.seconds(20))) {
                try await liar.receive(into: &memory)
            }
            var reply = Array(memory[20..<request.count])
            reply[0] = 0
            let wrong: [([UInt8], isRight: Bool)] = [
                (changed(reply, at: 5), false),  // another's identifier
                (changed(reply, at: 7), false),  // a number that was never asked for
                (changed(reply, at: 9), false),  // not the secret
                (changed(reply, at: 40), false),  // a byte of the pattern
                (Array(reply.dropLast(3)), false),  // too short
                (reply + [1, 2], false),  // too long
                (Array(reply.prefix(8)), false),  // no data at all
                (reply, true), (reply, true), (reply, true),  // once, and two duplicates
            ]
            // Before all of them one whose checksum is wrong, and bytes that are no message.
            let goal = IPAddress.v4(IPv4Address(bits: 0x0A00_0001))
            try await unsafe liar.send(changed(checksummed(reply), at: 2).span.bytes, to: goal)
            try await unsafe liar.send(([0, 0, 0] as [UInt8]).span.bytes, to: goal)
            for (message, _) in wrong {
                try await unsafe liar.send(checksummed(message).span.bytes, to: goal)
            }
            let outcome = program.wait()
            #expect(outcome.status == 0, "\(outcome.text) \(outcome.errors)")
            let summary = try #require(outcome.objects("summary").first)
            #expect(summary["received"] as? Int == 1)
            #expect(summary["corrupted"] as? Int == 5)
            #expect(summary["unasked"] as? Int == 1)
            #expect(summary["wrong_checksum"] as? Int == 1)
        }
    }

    private func changed(_ message: [UInt8], at index: Int) -> [UInt8] {
        var message = message
        message[index] ^= 0x10
        return message
    }

    /// The message with its checksum (RFC 1071).
    private func checksummed(_ message: [UInt8]) -> [UInt8] {
        var message = message
        (message[2], message[3]) = (0, 0)
        var sum: UInt32 = 0
        for index in message.indices {
            sum += index % 2 == 0 ? UInt32(message[index]) << 8 : UInt32(message[index])
        }
        while sum > 0xFFFF { sum = (sum & 0xFFFF) + (sum >> 16) }
        message[2] = UInt8(~sum >> 8 & 0xFF)
        message[3] = UInt8(~sum & 0xFF)
        return message
    }
}
