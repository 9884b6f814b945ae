import ChatClient

// LineEditor and the parser of its keys. Steered by: the terminal's width (1 byte).

/// The line stays within its limit and on its row, and what is drawn uses no control but those
/// listed at `LineEditor`.
func fuzz(_ input: inout FuzzInput) {
    let columnCount = Int(input.byte())
    let sizeLimit = 64
    var editor = LineEditor(columnCount: columnCount, sizeLimit: sizeLimit, historyLimit: 4)
    checkDrawing(editor.start())
    for byte in input.bytes() {
        let (drawing, outcome) = editor.feed(byte)
        checkDrawing(drawing)
        check(editor.line.utf8.count <= sizeLimit, "a line over its limit")
        if case .line(let line) = outcome {
            check(line.utf8.count <= sizeLimit, "a line over its limit")
            check(line.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a control in the line")
        }
    }
    checkDrawing(editor.print("* bob joined"))
    checkDrawing(editor.stop())
}

/// UTF-8, and CR, LF, BEL, `CSI n C`, `CSI K`, `CSI H`, `CSI 2 J`, `CSI ?2004 h` and `l`.
private func checkDrawing(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        fatalError("it draws what is not UTF-8")
    }
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
        switch scalar {
        case "\r", "\n", "\u{7}": continue
        case "\u{1B}":
            let parameters = scalars.dropFirst().prefix {
                "0123456789?".unicodeScalars.contains($0)
            }
            let last = scalars.dropFirst(1 + parameters.count).first
            let sequence = String(parameters) + String(last.map(Character.init) ?? " ")
            let isKnown =
                ["K", "H", "2J", "?2004h", "?2004l"].contains(sequence)
                || (last == "C" && !parameters.contains("?"))
            check(scalars.first == "[" && isKnown, "it draws the sequence \(sequence)")
            scalars = scalars.dropFirst(2 + parameters.count)
        default: check(scalar.value >= 0x20 && scalar.value != 0x7F, "it draws a control")
        }
    }
}
