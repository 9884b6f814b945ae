import ChatCore

// TextFace: lines of a person in the chat. Steered by: phase (1 byte).

/// What a session answers is whole lines, which cannot steer a terminal whatever the peer sent.
func fuzz(_ input: inout FuzzInput) {
    let isMember = input.byte() & 1 != 0
    let bytes = input.bytes()
    let limits = ChatLimits()
    var session = TextSession(limits: limits)
    if isMember, let nick = try? Nick("ada") {
        let line = Array("ada".utf8)
        _ = session.receive(line: line.span)
        _ = session.receive(event: .welcomed(nick))
    }
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        let line = Array(line)
        if let command = try? TextFace.Command.parse(line.span) {
            check(line.count <= limits.lineSizeLimit + 1, "a line over the limit: \(command)")
        }
        for case .send(let sent) in session.receive(line: line.span) { checkLines(sent) }
        let text = TextFace.neutralised(String(decoding: line, as: UTF8.self))
        checkText(text)
        // A byte that is no UTF-8 becomes three, and none grows to more than four times itself.
        check(text.utf8.count <= 12 * line.count, "\(line.count) bytes became \(text.utf8.count)")
        check(TextFace.neutralised(text), equals: text, "neutralised twice is another")
    }
}

private func checkLines(_ sent: [UInt8]) {
    check(sent.last == UInt8(ascii: "\n"), "a line without an end")
    guard let text = String(validating: sent, as: UTF8.self) else {
        fatalError("it sends what is not UTF-8")
    }
    for line in text.unicodeScalars.dropLast().split(separator: "\n") {
        checkText(String(line))
        check(line.count <= TextFace.renderedLineSizeLimit, "a line over the limit")
    }
}

private func checkText(_ text: String) {
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09: break
        case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069:
            fatalError("U+\(String(scalar.value, radix: 16)) gets through")
        default: break
        }
    }
}
