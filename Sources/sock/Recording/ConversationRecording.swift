import Sockets

/// The recording of one conversation: what the kernel took and gave, no byte more or less; each
/// datagram as one event.
final class ConversationRecording: Sendable {
    /// The piece that is being sent.
    struct Sending {
        var piece: [UInt8]?
        /// What had moved before it.
        var base = Traffic()
        /// Of the piece, already recorded.
        var recordedSize = 0
        var receivedSize = 0
        var sentSize = 0
        var isReset = false
    }

    private let recorder: Recorder
    private let line: any ConversationLine
    private let number: Int
    private let sending = Lock(Sending())

    init(_ line: any ConversationLine, _ recorder: Recorder) {
        self.recorder = recorder
        self.line = line
        number = recorder.open(
            local: line.localEndpoint.map { "\($0)" },
            peer: "\(line.peerEndpoint)"
        )
    }

    /// Waits for the disk if it is far behind.
    func room() async { await recorder.room(on: line.loop) }

    func willSend(_ piece: [UInt8]) {
        sending.withLock { sending in
            sending.piece = piece
            sending.base = line.traffic
            sending.recordedSize = 0
        }
    }

    /// A send has ended, well or not: what went out of the piece is what is recorded.
    func didSend() {
        sending.withLock { sending in
            recordSent(&sending)
            sending.piece = nil
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
        guard let piece = sending.piece, !sending.isReset else { return }
        let now = line.traffic
        let bytes: [UInt8]
        if let counts = now.datagrams {
            // Whole or not at all.
            guard counts.sentCount > sending.base.datagrams?.sentCount ?? 0 else { return }
            bytes = piece
            sending.piece = nil
        } else {
            let gone = min(now.sentSize - sending.base.sentSize, piece.count)
            guard gone > sending.recordedSize else { return }
            bytes = Array(piece[sending.recordedSize..<gone])
            sending.recordedSize = gone
        }
        sending.sentSize += bytes.count
        recorder.record(.bytes(.sent, bytes), of: number)
    }
}
