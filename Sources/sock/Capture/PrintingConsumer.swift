import Glibc
import Sockets

/// Prints packets on the standard output, all that came together with one write(2).
struct PrintingConsumer: PacketConsumer {
    private enum Format: Sendable {
        case words(PacketText)
        case json(PacketJSON)
    }

    private var format: Format

    init(_ options: CaptureOptions) {
        format = options.json ? .json(PacketJSON()) : .words(PacketText(options))
    }

    mutating func begin() {}

    mutating func take(_ chunk: PacketChunk, lostCount: Int) throws(Failure) {
        var text = gap(lostCount)
        chunk.forEachPacket { packet, bytes in
            switch format {
            case .words(var words):
                text += words.lines(packet, bytes)
                format = .words(words)
            case .json(var json):
                text += json.line(packet, bytes)
                format = .json(json)
            }
        }
        try write(text)
    }

    mutating func end(_ ending: CaptureEnding, lostCount: Int) throws(Failure) {
        try write(gap(lostCount))
    }

    /// In place of packets that were lost.
    private func gap(_ count: Int) -> String {
        guard count > 0 else { return "" }
        switch format {
        case .words: return "[\(count) packets not shown]\n"
        case .json:
            let line: JSONLine = ["event": .text("gap"), "packet_count": .number(count)]
            return line.description + "\n"
        }
    }

    private func write(_ text: String) throws(Failure) {
        if text.isEmpty { return }
        let error = Blocking.write(Array(text.utf8), to: STDOUT_FILENO)
        if error != 0 { throw Output.failure(error) }
    }
}
