// What is on the wire is compared by its bytes. `==` of strings is canonical equivalence: to it `é` is the
// same in one character and in two, and the Kelvin sign is a `K`; and a comma with a combining mark behind
// it is another character than a comma.

extension StringProtocol {
    /// Whether both are the same bytes.
    package func isSameBytes(as other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Whether both are the same bytes but for the case of ASCII letters, as tokens, schemes and hosts are
    /// compared (RFC 9110 §4.2.3, §5.1).
    package func isSameBytesIgnoringCase(as other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8) { $0.lowercased == $1.lowercased }
    }

    /// The text with ASCII letters in lower case, and all else as it is.
    package var asciiLowercased: String {
        String(decoding: utf8.map(\.lowercased), as: UTF8.self)
    }

    /// The pieces between those bytes, which are of ASCII; empty ones too.
    package func pieces(between separator: UInt8) -> [SubSequence] {
        utf8.split(separator: separator, omittingEmptySubsequences: false)
            .map { self[$0.startIndex..<$0.endIndex] }
    }

    /// Without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3).
    package var withoutBlanksAround: SubSequence {
        let utf8 = self.utf8
        let start = utf8.firstIndex { !$0.isBlank } ?? endIndex
        var end = start
        for index in utf8[start...].indices where !utf8[index].isBlank {
            end = utf8.index(after: index)
        }
        return self[start..<end]
    }
}
