import ArenaRules
import Sockets

/// The authority over UDP: receives until the tick, takes a step of the world, sends everybody a snapshot.
///
/// One task does all of it, so there is nothing to lock.
struct Server: ~Copyable {
    /// Who has not been heard of for so long has left: three seconds.
    private static let silenceLimit: UInt32 = 90

    private struct Member {
        let id: UInt8
        var lastInput: UInt32
        var heard: UInt32
    }

    private let socket: DatagramSocket
    private var world = World()
    private var members: [SocketAddress: Member] = [:]
    /// Nobody else can compute the passes: Swift seeds its hashes anew in every process.
    private let secret = UInt64.random(in: .min ... .max)
    private var outgoing = DatagramBatch(capacity: World.playerLimit, datagramSize: 1200)

    init(_ socket: DatagramSocket) { self.socket = socket }

    mutating func run() async throws {
        let clock = ContinuousClock()
        var tick = clock.now
        var incoming = DatagramBatch(capacity: 64, datagramSize: 256)
        while true {
            tick += .seconds(1) / World.ticksPerSecond
            // Until the tick nothing is to be done but listening.
            while true {
                do throws(SocketError) {
                    try await withDeadline(.at(tick)) { () async throws(SocketError) in
                        try await socket.receive(into: &incoming)
                    }
                } catch {
                    guard error.code == .deadlinePassed else { throw error }
                    break
                }
                for index in 0..<incoming.count {
                    guard let peer = incoming.peer(at: index) else { continue }
                    let bytes = incoming.bytes(at: index)
                    let message = Message((0..<bytes.byteCount).map { bytes.byte(at: $0) })
                    if let message { try await handle(message, from: peer) }
                }
            }
            try await step()
        }
    }

    private mutating func handle(_ message: Message, from peer: SocketAddress) async throws {
        switch message {
        case .hello:
            await answer(.welcome(pass: pass(for: peer)), to: peer)
        case .input(let pass, let name, let number, let direction):
            guard pass == self.pass(for: peer) else { return }
            guard var member = members[peer] ?? join(name, from: peer) else {
                return await answer(.full, to: peer)
            }
            // Late and repeated ones say nothing new.
            if number > member.lastInput {
                member.lastInput = number
                world.turn(member.id, to: direction)
            }
            member.heard = world.tick
            members[peer] = member
        case .leave(let pass):
            if pass == self.pass(for: peer) { remove(peer) }
        case .welcome, .snapshot, .full:
            break  // not for servers
        }
    }

    private mutating func join(_ name: String, from peer: SocketAddress) -> Member? {
        world.join(name: name).map { Member(id: $0, lastInput: 0, heard: world.tick) }
    }

    private mutating func remove(_ peer: SocketAddress) {
        guard let member = members.removeValue(forKey: peer) else { return }
        world.leave(member.id)
    }

    private mutating func step() async throws {
        world.step()
        for (peer, member) in members where world.tick - member.heard > Self.silenceLimit {
            remove(peer)
        }
        for (peer, member) in members {
            let bytes = Message.snapshot(Snapshot(of: world, for: member.id)).bytes
            _ = outgoing.append(bytes.span.bytes, to: peer)
        }
        try await socket.send(&outgoing)
    }

    /// An answer that cannot be sent is one that got lost: the question comes again.
    private func answer(_ message: Message, to peer: SocketAddress) async {
        try? await socket.send(message.bytes.span.bytes, to: peer)
    }

    private func pass(for peer: SocketAddress) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(secret)
        hasher.combine(peer)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension RawSpan {
    func byte(at index: Int) -> UInt8 { unsafeLoad(fromByteOffset: index, as: UInt8.self) }
}
