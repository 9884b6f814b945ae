/// What a progress line says.
enum ProgressText {
    /// `1.9 MB`: three digits or so, in powers of 1000.
    static func size(_ bytes: Double) -> String {
        var value = max(0, bytes)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let isShort = unit > 0 && value < 9.95
        let tenths = Int((value * 10).rounded())
        return (isShort ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))")
            + " \(units[unit])"
    }

    private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

    /// How far a transfer has come: `45 % of 4.3 GB, 94 MB/s, 25 s left`; without a total what has
    /// moved, `1.9 GB, 94 MB/s`.
    static func transfer(_ moved: Int, of total: Int?, rate: Double?) -> String {
        var text: String
        if let total, total > 0 {
            text = "\(percent(moved, of: total)) % of \(size(Double(total)))"
        } else {
            text = size(Double(moved))
        }
        guard let rate else { return text }
        text += ", \(size(rate))/s"
        if let total, moved < total {
            text += rate >= 1 ? ", \(time(Double(total - moved) / rate)) left" : ", stalled"
        }
        return text
    }

    /// Rounded down, so that only what is done is 100 %.
    static func percent(_ moved: Int, of total: Int) -> Int {
        total > 0 ? min(100, max(0, Int(Double(moved) / Double(total) * 100))) : 100
    }

    /// `25 s`, `3:07 min`, `2:03 h`, `5 d`.
    static func time(_ seconds: Double) -> String {
        let seconds = Int(max(0, min(seconds, 1e9)).rounded(.up))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60):\(twoDigits(seconds % 60)) min"
        case ..<86_400: return "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)) h"
        default: return "\(seconds / 86_400) d"
        }
    }

    /// `████████░░░░`.
    static func bar(_ moved: Int, of total: Int, width: Int) -> String {
        let filled = percent(moved, of: total) * width / 100
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    /// A status in a line that may be too narrow for it: the bar goes first, then whole parts from
    /// the end, so that no number loses its digits or its unit.
    static func fitted(_ status: String, columns: Int) -> String {
        guard status.count > columns else { return status }
        let text = status.drop { $0 == "█" || $0 == "░" || $0 == " " }
        let cut = text.prefix(columns)
        // Behind the numbers stands a name, which may end anywhere.
        if text.count <= columns || cut.contains(" left ") || cut.contains("stalled ") {
            return String(cut)
        }
        for border in [", ", " of "] {
            let places = text.ranges(of: border).map(\.lowerBound)
            if let end = places.last(where: { $0 <= cut.endIndex }) { return String(text[..<end]) }
        }
        return String(cut)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
