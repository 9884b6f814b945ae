extension FolderListing {
    /// The listing for programs (RFC 8259).
    ///
    /// ```json
    /// {"path":"/","entries":[{"name":"a.txt","href":"./a.txt","type":"file","size":5,
    ///   "modified":"1994-11-06T08:49:37Z"}],"truncated":false}
    /// ```
    ///
    /// If there are more entries, `truncated` is true and `next` the URL of the page with the following
    /// ones, relative to this one; `previous` is that of the page before.
    ///
    /// A name that is not UTF-8 has `�` in it; `href` leads there all the same.
    var json: String {
        let items = entries.map { entry in
            var text = "{\"name\":\(Self.quoted(entry.text)),\"href\":\(Self.quoted(entry.link))"
            text += ",\"type\":\"\(entry.isDirectory ? "directory" : "file")\""
            if let size = entry.size { text += ",\"size\":\(size)" }
            return text + ",\"modified\":\"\(entry.modified.timestamp)\"}"
        }
        return "{\"path\":\(Self.quoted(pathText)),\"entries\":[\(items.joined(separator: ","))]"
            + ",\"truncated\":\(isCut)" + Self.member("next", next)
            + Self.member("previous", previous) + "}\n"
    }

    private static func member(_ name: String, _ place: ListingPlace?) -> String {
        place.map { ",\"\(name)\":\(quoted($0.link))" } ?? ""
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        if isPlain { return "\"" + text + "\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}"..."\u{2029}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
