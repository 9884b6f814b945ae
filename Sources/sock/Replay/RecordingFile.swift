import Files
import Glibc

/// A recording on the disk: read through and checked once, then read again by each of its players.
final class RecordingFile: Sendable {
    let path: BytePath
    let header: RecordingHeader
    let conversations: [RecordedConversation]
    /// The most that were open at once.
    let openPeak: Int
    /// Whether the file ends before its conversations do, as after a crash.
    let isCutOff: Bool

    private let descriptor: CInt

    /// - Throws: A failure that names the file, the line, and what is wrong with it.
    init(_ path: BytePath) throws(Failure) {
        self.path = path
        // Non-blocking: a pipe without a writer is refused by pread(2), not waited for.
        descriptor = unsafe Glibc.open(path.bytes.cString, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Failure(SystemError(number: errno), "open the recording \(path.printable)")
        }
        do {
            var reader = RecordingReader(descriptor)
            header = try reader.header()
            var ledger = RecordingLedger()
            while let (event, line) = try reader.next() {
                try ledger.take(event, line: line.number, offset: line.offset)
            }
            conversations = ledger.conversations
            openPeak = ledger.openPeak
            isCutOff = reader.isCutOff || !ledger.isWhole
        } catch {
            close(descriptor)
            throw Self.failure(error, path)
        }
    }

    deinit { close(descriptor) }

    /// The events of one conversation, from the beginning.
    func events(of conversation: RecordedConversation) -> RecordedEvents {
        RecordedEvents(
            self,
            RecordingReader(descriptor, from: conversation.line, offset: conversation.offset),
            conversation.number
        )
    }

    fileprivate func failure(_ error: any Error) -> Failure { Self.failure(error, path) }

    private static func failure(_ error: any Error, _ path: BytePath) -> Failure {
        switch error {
        case let error as RecordingError:
            Failure(.failed, "\(path.printable):\(error.line): \(error.what)")
        case let error as SystemError: Failure(error, "read the recording \(path.printable)")
        default: Failure(error)
        }
    }
}

/// The events of one conversation, one after the other.
struct RecordedEvents {
    private let file: RecordingFile
    private var reader: RecordingReader
    private let number: Int
    private var isOver = false

    init(_ file: RecordingFile, _ reader: RecordingReader, _ number: Int) {
        self.file = file
        self.reader = reader
        self.number = number
    }

    /// Nil after `closed`, or where the file is cut off.
    mutating func next() throws -> RecordingEvent? {
        do {
            while !isOver, let (event, _) = try reader.next() {
                guard event.connection == number else { continue }
                if case .closed = event.kind { isOver = true }
                return event
            }
            return nil
        } catch {
            throw file.failure(error)
        }
    }
}
