/// Characters that are one scalar, found by what they are made of: NFC (UAX #15) as far as names need it.
///
/// The standard library has no normaliser to call, but its strings are equal, and hash the same, when they are
/// canonically equivalent: a dictionary of single scalars finds the one that a sequence stands for.
enum ComposedCharacters {
    /// The scripts that have composed letters, in the order of their blocks: of two that are equivalent
    /// the first is the right one.
    private static let blocks: [ClosedRange<UInt32>] = [
        0xC0...0x1FFF, 0x3041...0x30FF, 0xAC00...0xD7A3, 0x1109A...0x110AB, 0x1112E...0x1112F,
        0x1134B...0x1134C, 0x114BB...0x114BE, 0x115BA...0x115BB, 0x11938...0x11938,
    ]

    /// Some ten thousand, made when the first name with combining marks comes.
    private static let scalars: [String: Unicode.Scalar] = {
        var found: [String: Unicode.Scalar] = [:]
        for block in blocks {
            for value in block {
                guard let scalar = Unicode.Scalar(value), !UnstableScalars.contains(scalar),
                    scalar.properties.generalCategory != .unassigned
                else { continue }
                let text = String(scalar)
                if found[text] == nil { found[text] = scalar }
            }
        }
        return found
    }()

    /// The scalars in NFC; nil if that is beyond this: then the text is to be written composed.
    static func composed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        var result: [Unicode.Scalar] = []
        for character in String(view) {
            let parts = Array(character.unicodeScalars)
            if parts.count == 1 {
                result += parts
            } else if let one = scalars[String(character)] {
                result.append(one)
            } else if isComposed(parts) {
                result += parts
            } else {
                return nil
            }
        }
        return result
    }

    /// Whether nothing in a sequence could be composed or put into another order: what cannot be told to be
    /// so is not.
    private static func isComposed(_ parts: [Unicode.Scalar]) -> Bool {
        var last: UInt8 = 0
        for (place, part) in parts.enumerated().dropFirst() {
            let order = part.properties.canonicalCombiningClass.rawValue
            if order != 0, order < last { return false }
            last = order
            for before in parts[..<place] where scalars[pair(before, part)] != nil { return false }
        }
        return true
    }

    private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: [first, second])
        return String(view)
    }
}
