import Files
import Foundation

@testable import sock

/// What a recording holds, for tests to compare.
struct Recorded {
    let file: RecordingFile

    init(_ path: String) throws { file = try RecordingFile(BytePath(path)) }

    var count: Int { file.conversations.count }

    /// The events of a connection, by its index.
    func events(_ index: Int = 0) throws -> [RecordingEvent] {
        var reader = file.events(of: file.conversations[index])
        var events: [RecordingEvent] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    /// All that went one way.
    func bytes(_ way: RecordingEvent.Way, _ index: Int = 0) throws -> Data {
        try events(index).reduce(into: Data()) { data, event in
            if case .bytes(way, let bytes) = event.kind { data.append(contentsOf: bytes) }
        }
    }

    /// The events other than bytes, in order.
    func marks(_ index: Int = 0) throws -> [RecordingEvent.Kind] {
        try events(index).map(\.kind).filter { if case .bytes = $0 { false } else { true } }
    }
}
