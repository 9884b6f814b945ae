/// Writes the lines of a recording (docs/recording-format.md).
enum RecordingEncoder {
    static func line(_ header: RecordingHeader) -> [UInt8] {
        var members: JSONLine = [
            "format": .text(RecordingHeader.format),
            "version": .number(Int(RecordingHeader.version)),
            "side": .text(header.side.rawValue),
        ]
        if let endpoint = header.endpoint { members.append("endpoint", .text(endpoint)) }
        if let began = header.beganNanoseconds {
            members.append("began_unix_ns", .number(Int(began)))
        }
        return Array("\(members)\n".utf8)
    }

    static func append(_ event: RecordingEvent, to lines: inout [UInt8]) {
        var members: JSONLine = [
            "ns": .number(Int(event.nanoseconds)), "connection": .number(event.connection),
        ]
        switch event.kind {
        case .opened(let local, let peer):
            members.append("event", .text("opened"))
            if let local { members.append("local", .text(local)) }
            if let peer { members.append("peer", .text(peer)) }
        case .bytes(let way, let bytes):
            members.append("event", .text(way.rawValue))
            lines += members.open.utf8
            appendPayload(bytes, to: &lines)
            lines += "}\n".utf8
            return
        case .end(let way): members.append("event", .text("\(way.rawValue)_end"))
        case .reset(let way): members.append("event", .text("\(way.rawValue)_reset"))
        case .closed(let received, let sent, let reason):
            members.append("event", .text("closed"))
            if let received { members.append("received_size", .number(received)) }
            if let sent { members.append("sent_size", .number(sent)) }
            if let reason { members.append("reason", .text(reason)) }
        }
        lines += "\(members)\n".utf8
    }

    /// As text where a person can read it, else as Base64: never longer than three bytes for two.
    private static func appendPayload(_ bytes: [UInt8], to line: inout [UInt8]) {
        guard isText(bytes) else {
            line += ",\"base64\":\"".utf8
            Base64.append(bytes, to: &line)
            line.append(UInt8(ascii: "\""))
            return
        }
        line += ",\"text\":\"".utf8
        // In runs: most bytes stand for themselves.
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            line += bytes[start..<index]
            line.append(UInt8(ascii: "\\"))
            line.append(escape(byte))
            start = index + 1
        }
        line += bytes[start...]
        line.append(UInt8(ascii: "\""))
    }

    /// What stands behind the backslash for a byte of a text that needs one.
    private static func escape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        default: byte
        }
    }

    /// Whether it is UTF-8 that no terminal obeys: no controls but the three of every text, not
    /// those of U+0080–U+009F either.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            let isControl = byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09
            if isControl || byte == 0x7F || previous == 0xC2 && byte < 0xA0 { return false }
            previous = byte
        }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
