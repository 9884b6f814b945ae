@testable import SessionProtocol

// The frames of sessions (docs/session-protocol.md §2). Steered by: cuts (2 bytes).

/// The same frames however the stream is cut.
///
/// What was understood is written again and understood the same, and what a client says first is read
/// alike.
func fuzz(_ input: inout FuzzInput) {
    let cuts = input.cuts()
    let bytes = input.bytes()
    let whole = transcript(bytes, .none)
    check(transcript(bytes, cuts), equals: whole, "cut, it reads otherwise")
    var again: [UInt8] = []
    let known = whole.frames.filter { !$0.isUnknown }
    for frame in known { frame.write(into: &again) }
    check(
        transcript(again, .none),
        equals: Transcript(frames: known, violation: nil),
        "written again, it reads otherwise"
    )
    let (greeted, other) = (greeting(bytes, .none), greeting(bytes, cuts))
    // What stands behind the request may not have come when that is complete.
    if case (.violation, .request) = (greeted, other) { return }
    check(other, equals: greeted, "cut, a greeting reads otherwise")
}

private struct Transcript: Equatable {
    var frames: [Frame] = []
    var violation: Violation?
}

private func transcript(_ bytes: [UInt8], _ cuts: Cuts) -> Transcript {
    var found = Transcript()
    var buffer = FrameBuffer()
    var start = 0
    do throws(Violation) {
        for end in cuts.ends(in: bytes.count) {
            // Safe: a UInt8 has no padding whose bytes could mean nothing.
            let piece = unsafe bytes.span.bytes.extracting(start..<end)
            try buffer.forEachFrame(of: piece) { bytes, range throws(Violation) in
                found.frames.append(try Frame(bytes, range))
                return true
            }
            check(buffer.keptSize <= 16_386, "keeps more than a frame: \(buffer.keptSize)")
            start = end
        }
    } catch {
        found.violation = error
    }
    return found
}

/// What a server makes of a connection's first bytes.
private enum Greeting: Equatable {
    case request(AttachRequest)
    /// Of several, which one is found first depends on how it is cut.
    case violation
    case incomplete
}

private func greeting(_ bytes: [UInt8], _ cuts: Cuts) -> Greeting {
    var reader = AttachReader()
    var start = 0
    do throws(Violation) {
        for end in cuts.ends(in: bytes.count) {
            let piece = unsafe bytes.span.bytes.extracting(start..<end)
            if let request = try reader.receive(piece) { return .request(request) }
            start = end
        }
        return .incomplete
    } catch {
        return .violation
    }
}

extension Frame {
    fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
