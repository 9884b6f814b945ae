/// The name of a file, as a URL has it: one that stays in its folder and that a person sees.
struct FileName: Equatable {
    let text: String

    /// Reads the last part of a URL's path; nil where that is no name, or one to be wary of: with a
    /// slash or a control in it, hidden, or not UTF-8.
    init?(percentEncoded encoded: Substring) {
        guard let bytes = PercentEncoding.decoded(encoded.utf8) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty,
            text.utf8.first != UInt8(ascii: "."), !text.utf8.contains(UInt8(ascii: "/")),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        self.text = text
    }
}
