/// A line that is edited while other lines are printed above it, as one value without a terminal:
/// bytes of keys go in, the bytes to draw come out.
///
/// The line takes one row, whatever its length: a long one is shown in part, around the cursor. So
/// it survives messages and changes of the window's width, with these features of a terminal and no
/// others: CR, LF, BEL, `CSI n C` (right), `CSI K` (erase to the end of the row), `CSI H` and
/// `CSI 2 J` (^L), `CSI ?2004 h` and `l` (bracketed paste).
///
///     var editor = LineEditor(prompt: "> ", columnCount: 80)
///     write(editor.start())
///     for byte in keys {
///         let (bytes, outcome) = editor.feed(byte)
///         write(bytes)
///         if case .line(let text) = outcome { send(text) }
///     }
///     write(editor.print("a message"))   // at any time: the line makes room and comes back
///     write(editor.stop())
///
/// Keys: arrows, home, end, delete, backspace; ^A ^E start and end, ^B ^F back and forth, ^P ^N
/// history, ^H backspace, ^D delete or end, ^K ^U ^W erase to the end, the whole line, a word, ^L
/// redraws, ^C interrupts, ^Z suspends, ^\ quits. A paste is text, its line ends are spaces: nothing is sent before enter.
public struct LineEditor: Sendable {
    /// What a key leads to, beyond drawing.
    public enum Outcome: Hashable, Sendable {
        /// Enter: this is the line.
        case line(String)
        /// ^C.
        case interrupt
        /// ^D in an empty line.
        case end
        /// ^Z: the process is to stop as SIGTSTP stops it, and to draw ``LineEditor/show()`` when it
        /// goes on.
        case suspend
        /// ^\: the process is to end as SIGQUIT ends it.
        case quit
    }

    /// The width of the terminal; may be changed at any time before the next drawing.
    public var columnCount: Int

    let prompt: String
    let sizeLimit: Int
    var text: [Character] = []
    /// The character the cursor stands on.
    var cursor = 0
    var history: LineHistory
    private var keys = KeyParser()

    /// An editor with an empty line.
    ///
    /// - Parameters:
    ///   - prompt: What stands before the line: printable characters only.
    ///   - columnCount: The width of the terminal.
    ///   - sizeLimit: UTF-8 bytes a line may have; more ring the bell.
    ///   - historyLimit: Lines kept for ↑.
    public init(
        prompt: String = "> ",
        columnCount: Int,
        sizeLimit: Int = 2_048,
        historyLimit: Int = 100
    ) {
        self.prompt = prompt
        self.columnCount = columnCount
        self.sizeLimit = sizeLimit
        history = LineHistory(limit: historyLimit)
    }

    /// The line as it is now.
    public var line: String { String(text) }

    /// Begins: what to draw first.
    public func start() -> [UInt8] { Array("\(Self.entering)".utf8) + show() }

    /// What tells the terminal to mark pastes.
    static let entering: StaticString = "\u{1B}[?2004h"
    /// What takes that and the line away.
    static let leaving: StaticString = "\r\u{1B}[K\u{1B}[?2004l"

    /// Takes one byte of a key.
    public mutating func feed(_ byte: UInt8) -> (drawing: [UInt8], outcome: Outcome?) {
        guard let key = keys.feed(byte) else { return ([], nil) }
        switch key {
        case .enter: return enter()
        case .control("c"): return ([], .interrupt)
        case .control("d") where text.isEmpty: return ([], .end)
        case .control("z"): return ([], .suspend)
        case .control("\\"): return ([], .quit)
        case .control("l"): return (Array("\u{1B}[H\u{1B}[2J".utf8) + show(), nil)
        default: return (edit(key) ? show() : [0x07], nil)
        }
    }

    /// Takes the line away, so that something else can be written in its place.
    public func hide() -> [UInt8] { Array("\r\u{1B}[K".utf8) }

    /// Draws the line, on the row the cursor is on.
    public func show() -> [UInt8] {
        let (part, column) = visible()
        var drawing = "\r\(part)\u{1B}[K\r"
        if column > 0 { drawing += "\u{1B}[\(column)C" }
        return Array(drawing.utf8)
    }

    /// Prints whole lines above the line; they must not have control characters but `\n`.
    public func print(_ lines: String) -> [UInt8] {
        let rows = lines.split(separator: "\n", omittingEmptySubsequences: false)
        return hide() + rows.flatMap { Array("\($0)\r\n".utf8) } + show()
    }

    /// Ends: leaves the terminal on an empty row.
    public func stop() -> [UInt8] { Array("\(Self.leaving)".utf8) }

    private mutating func enter() -> ([UInt8], Outcome?) {
        let line = line
        history.append(line)
        (text, cursor) = ([], 0)
        // All of it, over as many rows as it takes: it stays on the screen as what was said.
        return (hide() + Array("\(prompt)\(line)\r\n".utf8) + show(), .line(line))
    }
}
