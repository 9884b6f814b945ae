public import SessionProtocol
internal import Sockets

/// The sending end of a stream of datagrams: best effort, never queued behind anything else.
///
/// They go out at once or not at all: at most 64 wait, then the oldest is dropped, and without a
/// connection all are. None is sent twice.
///
/// ```swift
/// let inputs = try await session.datagrams("inputs")
/// try inputs.send([0x01, 0x7f])
/// ```
/// Letting go of it finishes it.
public final class DatagramSender: Sendable {
    /// The session it belongs to.
    public let session: Session
    private let sender: MessageSender

    init(_ session: Session, _ flow: Flow) {
        self.session = session
        sender = MessageSender(session, flow)
    }

    deinit { try? sender.end(.ok) }

    /// Its name, as its opener gave it.
    public var name: String { sender.name }

    /// Sends a datagram of at most 16,366 bytes.
    ///
    /// Never waits.
    ///
    /// - Throws: ``SessionError`` of kind `tooLong`, `finished`, `reset` or `ended`.
    public func send(_ bytes: [UInt8]) throws(SessionError) {
        try session.step { state, _ throws(SessionError) in
            do throws(SessionCommandError) {
                _ = try state.machine.send(bytes, on: sender.flow.id)
                state.counts.sentCount += 1
            } catch {
                throw state.failure(error, sender.flow)
            }
        }
    }

    /// Ends it, and waits until the other application has seen the end.
    public func finish() async throws(SessionError) {
        try sender.end(.ok)
        try await sender.waitUntilForgotten()
    }

    /// Ends it at once.
    public func reset(_ code: SessionCode = .cancelled) { sender.reset(code) }
}

extension Session {
    /// Opens a stream of datagrams to the other end; as ``log(_:overflow:)``.
    public func datagrams(_ name: String) async throws(SessionError) -> DatagramSender {
        DatagramSender(self, try await open(.datagram, name))
    }
}
