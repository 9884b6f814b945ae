import SessionProtocol
import Sockets

/// A client without a driver: a machine fed by hand, and bytes that no machine would send.
final class BareClient {
    var machine: SessionMachine
    let stream: any ByteStream
    private(set) var epoch: UInt64 = 0
    private(set) var events: [SessionEvent] = []

    /// A client whose next attachment has this epoch.
    init(
        _ stream: any ByteStream,
        _ ticket: SessionTicket = .random,
        epoch: UInt64 = 1,
        _ settings: SessionSettings = .init()
    ) {
        self.stream = stream
        machine = SessionMachine(client: ticket, settings: settings)
        for _ in 0..<epoch { self.epoch = machine.connected(now: now) }
    }

    deinit { stream.close() }

    private var now: SessionInstant {
        SessionInstant(microseconds: UInt64(Deadline.now.nanoseconds) / 1_000)
    }

    /// Attaches; gives the refusal if there is one.
    func attach() async throws -> Refusal? {
        while true {
            for event in try await step() {
                switch event {
                case .attached: return nil
                case .detached(epoch, .refused(let refusal)): return refusal
                case .ended(.refused(let refusal)): return refusal
                case .ended(let ending):
                    throw SocketError(.closed, in: .receive, detail: "\(ending)")
                default: break
                }
            }
        }
    }

    /// Sends what the machine has, receives something, and gives what that means.
    @discardableResult
    func step() async throws -> [SessionEvent] {
        try await flush()
        var buffer = ByteBuffer()
        guard try await stream.receive(into: &buffer) > 0 else {
            throw SocketError(.unexpectedEnd, in: .receive)
        }
        machine.receive(buffer.bytes, epoch: epoch, now: now)
        var news: [SessionEvent] = []
        while let event = machine.nextEvent() { news.append(event) }
        events += news
        return news
    }

    /// Sends what the machine has.
    func flush() async throws {
        var output: [UInt8] = []
        while machine.hasOutput {
            output = []
            machine.output(into: &output, now: now)
            if output.isEmpty { break }
            try await stream.send(output)
        }
    }

    /// The code of the FAULT that comes before the end of the connection, if one does.
    ///
    /// Past the machine, which does not know what the test has sent.
    func fault() async throws -> SessionCode? {
        var buffer = ByteBuffer()
        while try await stream.receive(into: &buffer) > 0 {}
        var bytes = buffer.array()[...]
        while let first = bytes.first {
            let isLong = first & 0x40 != 0
            let size =
                isLong ? Int(first & 0x3F) << 8 | Int(bytes[bytes.startIndex + 1]) : Int(first)
            let frame = bytes.dropFirst(isLong ? 2 : 1).prefix(size)
            if frame.first == 0x08 {
                return SessionCode(rawValue: UInt64(frame[frame.startIndex + 1]))
            }
            bytes = bytes.dropFirst(size + (isLong ? 2 : 1))
        }
        return nil
    }
}

extension SessionTicket {
    static var random: Self {
        var random = SystemRandomNumberGenerator()
        return Self(using: &random)
    }
}
