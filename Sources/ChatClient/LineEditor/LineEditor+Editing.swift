internal import Escaping

extension LineEditor {
    /// Changes line or cursor.
    ///
    /// False when there is nothing to do.
    mutating func edit(_ key: Key) -> Bool {
        switch key {
        case .text(let scalar): return insert(scalar)
        case .pastedBlank: return insert(" ")
        case .backspace, .control("h"): return remove(cursor - 1..<cursor)
        case .delete, .control("d"): return remove(cursor..<cursor + 1)
        case .left, .control("b"): return move(to: cursor - 1)
        case .right, .control("f"): return move(to: cursor + 1)
        case .home, .control("a"): return move(to: 0)
        case .end, .control("e"): return move(to: text.count)
        case .control("k"): return remove(cursor..<text.count)
        case .control("u"): return remove(0..<text.count)
        case .control("w"): return remove(wordStart..<cursor)
        case .up, .control("p"): return replace(with: history.older(than: line))
        case .down, .control("n"): return replace(with: history.newer())
        case .enter, .control: return false
        }
    }

    /// Puts a scalar in at the cursor; one that combines becomes part of the character before.
    private mutating func insert(_ scalar: Unicode.Scalar) -> Bool {
        guard isShown(scalar), line.utf8.count + UTF8.width(scalar) <= sizeLimit else {
            return false
        }
        if cursor > 0 {
            var joined = String(text[cursor - 1])
            joined.unicodeScalars.append(scalar)
            if joined.count == 1 {
                text[cursor - 1] = Character(joined)
                return true
            }
        }
        text.insert(Character(scalar), at: cursor)
        cursor += 1
        return true
    }

    /// Whether a scalar at the cursor is neither a control nor a disguise: pasted, it could steer the
    /// terminal of whoever pastes it, and nobody would see what is sent.
    private func isShown(_ scalar: Unicode.Scalar) -> Bool {
        var scan = DisguiseScan()
        if cursor > 0 {
            for before in text[cursor - 1].unicodeScalars { _ = scan.isDisguise(before) }
        }
        return !scan.isDisguise(scalar)
    }

    private mutating func remove(_ range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= text.count, !range.isEmpty else {
            return false
        }
        text.removeSubrange(range)
        cursor = range.lowerBound
        return true
    }

    private mutating func move(to position: Int) -> Bool {
        guard (0...text.count).contains(position), position != cursor else { return false }
        cursor = position
        return true
    }

    private mutating func replace(with line: String?) -> Bool {
        guard let line else { return false }
        text = Array(line)
        cursor = text.count
        return true
    }

    /// Where the word before the cursor begins; blanks after it belong to it.
    private var wordStart: Int {
        var start = cursor
        while start > 0, text[start - 1] == " " { start -= 1 }
        while start > 0, text[start - 1] != " " { start -= 1 }
        return start
    }

    /// The row as it is drawn, prompt included, and the column of the cursor in it.
    func visible() -> (row: String, column: Int) {
        // The last column stays free: a terminal that has filled it behaves in several ways.
        let room = max(1, columnCount - 1)
        let shownPrompt = ColumnWidth.of(prompt) * 2 <= room ? prompt : ""
        let width = room - ColumnWidth.of(shownPrompt)
        var start = 0
        var before = ColumnWidth.of(text[..<cursor])
        while before > width - 1, start < cursor {
            before -= ColumnWidth.of(text[start])
            start += 1
        }
        var used = 0
        let part = text[start...].prefix { character in
            used += ColumnWidth.of(character)
            return used <= width
        }
        return (shownPrompt + String(part), ColumnWidth.of(shownPrompt) + before)
    }
}
