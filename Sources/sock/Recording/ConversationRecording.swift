import Sockets

/// The recording of one connection: what the kernel took and gave, no byte more or less.
final class ConversationRecording: Sendable {
    /// The piece that is being sent.
    struct Sending {
        var piece: [UInt8] = []
        /// What the connection had sent before it.
        var base = 0
        /// Of the piece, already recorded.
        var recordedSize = 0
        var receivedSize = 0
        var sentSize = 0
        var isReset = false
    }

    private let recorder: Recorder
    private let connection: StreamConnection
    private let number: Int
    private let sending = Lock(Sending())

    init(_ connection: StreamConnection, _ recorder: Recorder) {
        self.recorder = recorder
        self.connection = connection
        number = recorder.open(
            local: connection.localAddress.map { "\(Endpoint($0))" },
            peer: "\(Endpoint(connection.peerAddress))"
        )
    }

    /// Waits for the disk if it is far behind.
    func room() async { await recorder.room(on: connection.loop) }

    func willSend(_ piece: [UInt8]) {
        sending.withLock { sending in
            sending.piece = piece
            sending.base = connection.statistics().sentSize
            sending.recordedSize = 0
        }
    }

    /// A send has ended, well or not: what went out of the piece is what is recorded.
    func didSend() {
        sending.withLock { sending in
            recordSent(&sending)
            sending.piece = []
        }
    }

    func received(_ bytes: [UInt8]) {
        sending.withLock { sending in
            // An answer to the first part of a long piece comes after that part.
            recordSent(&sending)
            sending.receivedSize += bytes.count
            recorder.record(.bytes(.received, bytes), of: number)
        }
    }

    func ended(_ way: RecordingEvent.Way) {
        sending.withLock { sending in
            recordSent(&sending)
            recorder.record(.end(way), of: number)
        }
    }

    /// Recorded once: both directions see the same reset.
    func reset(_ way: RecordingEvent.Way) {
        sending.withLock { sending in
            if sending.isReset { return }
            recordSent(&sending)
            sending.isReset = true
            recorder.record(.reset(way), of: number)
        }
    }

    /// The last.
    func closed(reason: String?) {
        sending.withLock { sending in
            recordSent(&sending)
            recorder.record(
                .closed(
                    receivedSize: sending.receivedSize,
                    sentSize: sending.sentSize,
                    reason: reason
                ),
                of: number
            )
        }
    }

    private func recordSent(_ sending: inout Sending) {
        let gone = min(connection.statistics().sentSize - sending.base, sending.piece.count)
        guard gone > sending.recordedSize, !sending.isReset else { return }
        let bytes = Array(sending.piece[sending.recordedSize..<gone])
        sending.recordedSize = gone
        sending.sentSize += bytes.count
        recorder.record(.bytes(.sent, bytes), of: number)
    }
}
