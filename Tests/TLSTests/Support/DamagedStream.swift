import Sockets
import SocketsTesting

/// A stream in memory that does one bad thing to what is sent.
final class DamagedStream: ByteStream {
    /// What it does.
    enum Damage: Sendable {
        case none
        /// Changes a bit of the byte at this place of everything sent.
        case flip(place: Int)
        /// Sends the first half of the next send, and then the end.
        case cut
    }

    private let base: InMemoryStream
    private let state: Lock<State>

    struct State {
        var damage: Damage
        var sentCount = 0
    }

    init(_ base: InMemoryStream, _ damage: Damage = .none) {
        self.base = base
        state = Lock(State(damage: damage))
    }

    /// Damages what is sent from now on.
    func damage(_ damage: Damage) { state.withLock { $0.damage = damage } }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        try await base.receive(into: &memory)
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try await base.receive(into: &buffer)
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        let (damage, start) = state.withLock { state in
            defer { state.sentCount += bytes.byteCount }
            return (state.damage, state.sentCount)
        }
        switch damage {
        case .flip(let place) where (start..<start + bytes.byteCount).contains(place):
            var copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
            copy[place - start] ^= 1 << UInt8(place % 8)
            try await base.send(copy)
        case .cut:
            try await base.send(bytes.extracting(0..<bytes.byteCount / 2))
            try await base.finish()
        default: try await base.send(bytes)
        }
    }

    func finish() async throws(SocketError) { try await base.finish() }
    func close() { base.close() }
    func reset() { base.reset() }
}
