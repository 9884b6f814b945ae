import Sessions

/// Reads the lines of a recording, each by itself (docs/recording-format.md).
///
/// Members it does not know are passed over; events it does not know are mistakes.
enum RecordingDecoder {
    /// A line without its newline; what is wrong is said in words.
    struct Mistake: Error {
        let what: String
    }

    static func header(_ line: ArraySlice<UInt8>) throws(Mistake) -> RecordingHeader {
        let members: Members
        do throws(Mistake) {
            members = try Members(line)
        } catch {
            throw Mistake(what: "this is no recording: \(error.what)")
        }
        guard try members.textIfThere("format") == RecordingHeader.format else {
            throw Mistake(what: "this is no recording: the format is not sock-recording")
        }
        let version = try members.number("version")
        guard version == RecordingHeader.version else {
            throw Mistake(
                what: "a recording of version \(version), and this program reads version"
                    + " \(RecordingHeader.version)"
            )
        }
        let name = try members.text("side")
        guard let side = RecordingHeader.Side(rawValue: name) else {
            throw Mistake(what: "the side is connect or listen, not \(quoted(name))")
        }
        return RecordingHeader(
            side: side,
            endpoint: try members.textIfThere("endpoint"),
            beganNanoseconds: try members.numberIfThere("began_unix_ns")
        )
    }

    static func event(_ line: ArraySlice<UInt8>) throws(Mistake) -> RecordingEvent {
        let members = try Members(line)
        let connection = try members.size("connection")
        guard connection >= 1 else { throw Mistake(what: "connections are counted from 1") }
        return RecordingEvent(
            nanoseconds: try members.naturalNumber("ns"),
            connection: connection,
            kind: try kind(members)
        )
    }

    private static func kind(_ members: Members) throws(Mistake) -> RecordingEvent.Kind {
        let name = try members.text("event")
        switch name {
        case "opened":
            return .opened(
                local: try members.textIfThere("local"),
                peer: try members.textIfThere("peer")
            )
        case "received": return .bytes(.received, try payload(members))
        case "sent": return .bytes(.sent, try payload(members))
        case "received_end": return .end(.received)
        case "sent_end": return .end(.sent)
        case "received_reset": return .reset(.received)
        case "sent_reset": return .reset(.sent)
        case "closed":
            return .closed(
                receivedSize: try members.sizeIfThere("received_size"),
                sentSize: try members.sizeIfThere("sent_size"),
                reason: try members.textIfThere("reason")
            )
        default: throw Mistake(what: "there is no event \(quoted(name))")
        }
    }

    private static func payload(_ members: Members) throws(Mistake) -> [UInt8] {
        let bytes: [UInt8]
        switch (try members.bytesIfThere("text"), try members.bytesIfThere("base64")) {
        case (let text?, nil): bytes = text
        case (nil, let base64?):
            guard let decoded = Base64.decode(base64) else {
                throw Mistake(what: "the member base64 is no Base64")
            }
            bytes = decoded
        case (nil, nil): throw Mistake(what: "the bytes are missing: a member text or base64")
        case (.some, .some): throw Mistake(what: "text and base64 are two payloads for one event")
        }
        guard bytes.count <= RecordingEvent.payloadSizeLimit else {
            throw Mistake(
                what: "\(bytes.count) bytes in one event: the limit is"
                    + " \(RecordingEvent.payloadSizeLimit)"
            )
        }
        return bytes
    }

    /// A text of the file within a message: short, and safe on a terminal.
    fileprivate static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(32).map { $0.escaped(asASCII: false) }.joined()
        return "\"\(shown)\""
    }
}

/// The members of a line, by what they must be.
private struct Members {
    private let members: [WireName: FlatObject.Value]

    init(_ line: ArraySlice<UInt8>) throws(RecordingDecoder.Mistake) {
        do throws(FlatObject.Mistake) {
            members = try FlatObject(line).members
        } catch {
            throw .init(what: "column \(error.offset + 1): \(error.what)")
        }
    }

    func bytesIfThere(_ name: String) throws(RecordingDecoder.Mistake) -> [UInt8]? {
        switch members[WireName(name)] {
        case nil: return nil
        case .text(let bytes): return bytes
        default: throw .init(what: "the member \(name) must be a string")
        }
    }

    func textIfThere(_ name: String) throws(RecordingDecoder.Mistake) -> String? {
        try bytesIfThere(name).map { String(decoding: $0, as: UTF8.self) }
    }

    func text(_ name: String) throws(RecordingDecoder.Mistake) -> String {
        guard let text = try textIfThere(name) else { throw missing(name) }
        return text
    }

    func numberIfThere(_ name: String) throws(RecordingDecoder.Mistake) -> Int64? {
        switch members[WireName(name)] {
        case nil: return nil
        case .number(let number): return number
        default: throw .init(what: "the member \(name) must be a whole number")
        }
    }

    func number(_ name: String) throws(RecordingDecoder.Mistake) -> Int64 {
        guard let number = try numberIfThere(name) else { throw missing(name) }
        return number
    }

    func naturalNumber(_ name: String) throws(RecordingDecoder.Mistake) -> Int64 {
        let number = try number(name)
        guard number >= 0 else { throw negative(name) }
        return number
    }

    func sizeIfThere(_ name: String) throws(RecordingDecoder.Mistake) -> Int? {
        guard let number = try numberIfThere(name) else { return nil }
        guard number >= 0 else { throw negative(name) }
        return Int(number)
    }

    func size(_ name: String) throws(RecordingDecoder.Mistake) -> Int {
        guard let size = try sizeIfThere(name) else { throw missing(name) }
        return size
    }

    private func missing(_ name: String) -> RecordingDecoder.Mistake {
        .init(what: "the member \(name) is missing")
    }

    private func negative(_ name: String) -> RecordingDecoder.Mistake {
        .init(what: "the member \(name) is negative")
    }
}
