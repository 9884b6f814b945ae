import Glibc
import Packets
import SocketsTesting
import Testing

/// The programs in the kernel, which checks them and runs them on what comes to a socket.
@Suite struct KernelFilterTests {
    @Test func theKernelTakesThemAndDecidesAsWeDo() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed)
        var packets = RandomPackets(random: seed)
        let frames = (0..<50).map { _ in packets.next() } + SamplePackets.all
        for _ in 0..<100 {
            let text = filters.next()
            let program = try CaptureFilter(text).program(for: .ethernet)
            let ends = try FilteredPair(program)
            for frame in frames {
                // Cut as well: a load outside refuses a packet there too.
                for size in [frame.count, frame.count / 2, 20] {
                    let part = Array(frame[..<size])
                    let expected = min(Int(part.read { program.run(on: $0) }), part.count)
                    #expect(try ends.pass(part) == expected, "\(text)")
                }
            }
        }
    }

    @Test func theKernelKnowsWhatTheLinkSaid() throws {
        // No socket pair has a link; but the kernel checks the offsets of what it knows.
        for text in ["ip", "arp", "vlan 7", "port 80"] {
            _ = try FilteredPair(CaptureFilter(text).program(for: .datagram))
        }
    }
}

/// Two Unix datagram sockets: the kernel runs a socket's filter on these too, and needs no
/// privilege for them.
private final class FilteredPair {
    private let sender: Int32
    private let receiver: Int32

    init(_ program: BPFProgram) throws {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        try #require(unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0)
        (sender, receiver) = (pair[0], pair[1])
        // The layout of struct sock_filter: 16 bits, 8, 8, 32.
        var code = program.instructions.map {
            UInt64($0.code) | UInt64($0.jumpTrue) << 16 | UInt64($0.jumpFalse) << 24
                | UInt64($0.operand) << 32
        }
        let count = UInt(code.count)
        let result = unsafe code.withUnsafeMutableBufferPointer { code in
            // The layout of struct sock_fprog: a count, padding, a pointer.
            var program = (count, UInt(bitPattern: code.baseAddress))
            return unsafe setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &program, 16)
        }
        try #require(result == 0, "the kernel refused the program: errno \(errno)")
    }

    deinit {
        close(sender)
        close(receiver)
    }

    /// How many bytes of the packet come through; 0 if it is refused.
    func pass(_ packet: [UInt8]) throws -> Int {
        var buffer = [UInt8](repeating: 0, count: 2048)
        // Safe: both counts are those of the arrays. A Unix datagram is delivered by its send.
        try #require(unsafe send(sender, packet, packet.count, 0) == packet.count)
        let count = unsafe recv(receiver, &buffer, buffer.count, 0)
        if count < 0 { try #require(errno == EAGAIN) }
        return max(count, 0)
    }
}
