/// The name of a file, as a URL has it: one that stays in its folder and that a person sees.
struct FileName: Equatable {
    let text: String

    /// Reads the last part of a URL's path; nil where that is no name, or one to be wary of: with a
    /// slash or a control in it, hidden, or not UTF-8.
    init?(percentEncoded encoded: Substring) {
        var bytes: [UInt8] = []
        var rest = encoded.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.digit),
                let low = rest.popFirst().flatMap(Self.digit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty,
            text.first != ".", !text.utf8.contains(UInt8(ascii: "/")),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        self.text = text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
