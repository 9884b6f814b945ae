import Escaping
import Testing

@Suite struct AppearanceTests {
    @Test func everyScalarThatUnicodeCallsInvisibleIsInTheTable() {
        for scalar in everyScalar() {
            let properties = scalar.properties
            let isVisible = Appearance(scalar) == .visible
            switch properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                #expect(Appearance(scalar) == .control, "U+\(hex(scalar))")
            case .format where isVisible:
                // Signs that are drawn around the digits that follow.
                #expect(drawnFormats.contains(scalar.value), "U+\(hex(scalar))")
            case _ where properties.isDefaultIgnorableCodePoint:
                #expect(!isVisible, "U+\(hex(scalar))")
            default: break
            }
        }
    }

    @Test func theTableNamesNothingThatIsDrawn() {
        for scalar in everyScalar() where Appearance(scalar) != .visible {
            let properties = scalar.properties
            let isKnown =
                switch properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: properties.isDefaultIgnorableCodePoint || blanks.contains(scalar.value)
                }
            #expect(isKnown, "U+\(hex(scalar))")
        }
    }

    @Test func textOfManyLanguagesIsNoDisguise() {
        for text in honestTexts {
            var scan = DisguiseScan()
            #expect(!text.unicodeScalars.contains { scan.isDisguise($0) }, "\(text)")
        }
    }

    @Test func aJoinerOrASelectorWithNothingToActOnIsADisguise() {
        for text in [
            "\u{200D}", "a\u{200D}b", "a\u{200C}b", "я\u{200D}", " \u{200D}", "\u{FE0F}",
            "a\u{FE0F}",
            "1\u{FE00}", "👩\u{200D}\u{200D}🚀", "❤\u{FE0F}\u{FE0F}", "a\u{E0100}", "👩\u{E0100}",
            "ａ\u{200D}", "𝐚\u{200D}", "👩\n\u{200D}", "\u{202E}\u{200D}", "a\u{180B}",
        ] {
            var scan = DisguiseScan()
            #expect(
                text.unicodeScalars.contains { scan.isDisguise($0) },
                "\(text.debugDescription)"
            )
        }
    }
}

/// What honest people write, with joiners and selectors.
let honestTexts = [
    "👩\u{200D}🚀", "👩🏽\u{200D}🚀", "❤\u{FE0F}\u{200D}🔥", "1\u{FE0F}\u{20E3} #\u{FE0F}\u{20E3}",
    "©\u{FE0F} ‼\u{FE0F}",
    "👨\u{200D}👩\u{200D}👧\u{200D}👦", "🏳\u{FE0F}\u{200D}🌈", "🇩🇪", "می\u{200C}خواهم",
    "क\u{94D}\u{200D}ष", "ශ\u{DCA}\u{200D}රී",
    "葛\u{E0100}城", "ᠠ\u{180B}", "żółw 小明 é e\u{301} ñ", "שלום عربى",
    "\u{A0}\u{AB}\u{2026}\u{1E9E}\u{3000}\u{2800}",
]

/// Formats that are drawn: Prepended_Concatenation_Mark.
private let drawnFormats: Set<UInt32> = [
    0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
]

/// Drawn as nothing, though no property says so; signs among the formats of hieroglyphs.
private let blanks: Set<UInt32> = Set(0xFFF0...0xFFF8 as ClosedRange<UInt32>).union([
    0x16FE4, 0x13440,
])

func everyScalar() -> some Sequence<Unicode.Scalar> {
    (0...0x10FFFF as ClosedRange<UInt32>).lazy.compactMap { Unicode.Scalar($0) }
}

func hex(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16) }
