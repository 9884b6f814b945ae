internal import Escaping

extension FolderListing {
    /// The listing as a page of its own: no script, nothing fetched, light or dark as the reader
    /// likes.
    var html: String {
        let title = Self.escaped(pathText)
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(breadcrumbs)</h1>
            <p class="count">\(summary)</p>
            <table>
            <caption class="hidden">Contents of \(title)</caption>
            <thead><tr><th scope="col">Name</th><th scope="col" class="size">Size</th>\
            <th scope="col" class="date">Changed (UTC)</th></tr></thead>
            <tbody>

            """
        if !path.isEmpty { page += Self.row(link: "../", name: "Parent folder", icon: Self.up) }
        for entry in entries {
            page += Self.row(
                link: entry.link,
                name: entry.text + (entry.isDirectory ? "/" : ""),
                icon: entry.isDirectory ? Self.folder : Self.file,
                size: entry.size,
                modified: entry.modified
            )
        }
        page += "</tbody>\n</table>\n\(pageLinks)</main>\n</body>\n</html>\n"
        return page
    }

    /// The way to the pages before and after; nothing if all is on this one.
    private var pageLinks: String {
        let links = [(previous, "prev", "Previous page"), (next, "next", "Next page")]
            .compactMap { place, relation, words in
                place.map { "<a rel=\"\(relation)\" href=\"\($0.link)\">\(words)</a>" }
            }
        return links.isEmpty
            ? "" : "<nav class=\"pages\">\(links.joined(separator: " "))</nav>\n"
    }

    /// The way here, each step a link but the last.
    private var breadcrumbs: String {
        var text =
            path.isEmpty ? "/" : "<a href=\"\(String(repeating: "../", count: path.count))\">/</a>"
        for (index, name) in path.enumerated() {
            let label = Self.escaped(String(decoding: name, as: UTF8.self))
            let steps = path.count - 1 - index
            text +=
                steps == 0
                ? "\(label)/"
                : "<a href=\"\(String(repeating: "../", count: steps))\">\(label)</a>/"
        }
        return text
    }

    private var summary: String {
        let isPart = isCut || previous != nil || next != nil
        if entries.isEmpty, !isPart { return "This folder is empty." }
        let folders = entries.count { $0.isDirectory }
        let files = entries.count - folders
        let words = [(folders, "folder"), (files, "file")].filter { $0.0 > 0 }.map {
            "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")"
        }
        guard isPart else { return words.joined(separator: ", ") }
        return (words.isEmpty ? "Nothing" : words.joined(separator: ", "))
            + " on this page, which is a part of the folder."
    }

    private static func row(
        link: String,
        name: String,
        icon: String,
        size: Int? = nil,
        modified: HTTPDate? = nil
    ) -> String {
        let exact = size.map { " title=\"\($0) bytes\"" } ?? ""
        let time = modified.map { date in
            let exact = date.timestamp
            let text = exact.prefix(10) + " " + exact.dropFirst(11).prefix(5)
            return "<time datetime=\"\(exact)\">\(text)</time>"
        }
        return """
            <tr><td><a href="\(link)">\(icon)<span>\(escaped(name))</span></a></td>\
            <td class="size"\(exact)>\(size.map(sizeText) ?? "")</td>\
            <td class="date">\(time ?? "")</td></tr>

            """
    }

    /// For people, in steps of 1024: `17 B`, `1.5 KiB`.
    static func sizeText(_ size: Int) -> String {
        if size < 1_024 { return "\(size) B" }
        var unit = 0
        // In tenths, cut and not rounded: what is not a whole MiB is not called one.
        var tenths = size / 1_024 * 10 + size % 1_024 * 10 / 1_024
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1_024
            unit += 1
        }
        let text = tenths < 1_000 ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)"
        return "\(text) \(units[unit])"
    }

    /// Text as HTML, in elements and in quoted attributes.
    ///
    /// Control characters, and those that nobody sees or that turn the direction of text, are shown as
    /// what they are not: a name must not look like another (`exe.txt` written backwards).
    static func escaped(_ text: String) -> String {
        // Nearly every name is plain.
        if text.utf8.allSatisfy(isPlain) { return text }
        var escaped = ""
        var scan = DisguiseScan()
        for scalar in text.unicodeScalars {
            guard !scan.isDisguise(scalar) else {
                escaped += "\u{FFFD}"
                continue
            }
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            false
        default: byte >= 0x20 && byte < 0x7F
        }
    }
}
