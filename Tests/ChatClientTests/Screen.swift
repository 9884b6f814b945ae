@testable import ChatClient

/// Types keys into an editor and collects what it draws and says.
struct Typist {
    var editor: LineEditor
    var drawn: [UInt8] = []
    var outcomes: [LineEditor.Outcome] = []

    init(columnCount: Int = 20, sizeLimit: Int = 2_048) {
        editor = LineEditor(prompt: "> ", columnCount: columnCount, sizeLimit: sizeLimit)
    }

    mutating func type(_ keys: String) { type(bytes: Array(keys.utf8)) }

    mutating func type(bytes: [UInt8]) {
        for byte in bytes {
            let (drawing, outcome) = editor.feed(byte)
            drawn += drawing
            if let outcome { outcomes.append(outcome) }
        }
    }

    /// What was drawn since the last time, as text.
    mutating func drawing() -> String {
        defer { drawn = [] }
        return String(decoding: drawn, as: UTF8.self)
    }
}
