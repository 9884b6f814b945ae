import Escaping

// Escaper: a peer's bytes on a terminal. Steered by: the layout (1 byte), where they are cut (1 byte).

/// Whatever comes, what is shown is UTF-8 without a control or a disguise, is the same wherever the
/// bytes are cut, and is shown as it is when it is escaped again.
func fuzz(_ input: inout FuzzInput) {
    let layouts: [Escaper.Layout] = [.obeyed, .line, .tab]
    let layout = layouts[Int(input.byte()) % layouts.count]
    let size = Int(input.byte()) + 1
    let bytes = input.bytes()
    var whole = Escaper(layout)
    let shown = whole.escape(bytes) + whole.finish()
    check(shown.count <= 4 * bytes.count, "\(bytes.count) bytes became \(shown.count)")
    var cut = Escaper(layout)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
        output += cut.escape(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    check(output + cut.finish(), equals: shown, "cut into \(size)")
    guard let text = String(validating: shown, as: UTF8.self) else {
        fatalError("it shows what is not UTF-8")
    }
    var scan = DisguiseScan()
    for scalar in text.unicodeScalars {
        let isLayout = layout == .obeyed && "\r\n".unicodeScalars.contains(scalar)
        let isTab = layout != .line && scalar == "\t"
        check(!scan.isDisguise(scalar) || isLayout || isTab, "U+\(String(scalar.value, radix: 16))")
    }
    check(text.escaped(layout), equals: text, "escaped twice is another")
}
