import ChatCore
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        "a", "ada", "Ada_Lovelace", "_x", "[x]", "{x}", "x-1", "a|b", "`tick`", "^", "\\",
        "żółw", "Ωmega", "小明", "नमस्ते", "e\u{301}", "Tiếng", String(repeating: "a", count: 32),
        String(repeating: "\u{20000}", count: 32),
    ])
    func aNameOfLettersDigitsAndMarksIsAccepted(_ name: String) throws {
        #expect(try Nick(name).text == name)
        #expect(try RoomName("#" + name).text == "#" + name)
    }

    @Test(
        arguments: [
            ("", NameProblem.empty),
            ("1a", .start("1")),
            ("٣a", .start("٣")),
            ("-a", .start("-")),
            ("#a", .character("#", offset: 0)),
            ("/a", .character("/", offset: 0)),
            ("&a", .character("&", offset: 0)),
            ("@a", .character("@", offset: 0)),
            (":a", .character(":", offset: 0)),
            ("a b", .character(" ", offset: 1)),
            ("é,", .character(",", offset: 2)),
            ("a\u{0}", .character("\u{0}", offset: 1)),
            ("a\u{1B}", .character("\u{1B}", offset: 1)),
            ("a\r\n", .character("\r", offset: 1)),
            ("a\u{A0}b", .character("\u{A0}", offset: 1)),
            ("a\u{202E}b", .character("\u{202E}", offset: 1)),
            ("a\u{200D}b", .character("\u{200D}", offset: 1)),
            ("\u{301}", .character("\u{301}", offset: 0)),
            ("_\u{301}", .character("\u{301}", offset: 1)),
            ("\u{3164}", .character("\u{3164}", offset: 0)),
            ("\u{1F600}", .character("\u{1F600}", offset: 0)),
            (String(repeating: "a", count: 33), .tooLong),
            ("a" + String(repeating: "\u{301}", count: 4), nil),
            ("a" + String(repeating: "\u{301}", count: 5), .marks(offset: 9)),
            (String(repeating: "a\u{301}\u{302}", count: 26), .tooLong),
            (String(repeating: "x", count: 1_000_000), .tooLong),
        ] as [(String, NameProblem?)]
    )
    func aBadNameSaysWhatIsWrongAndWhere(_ name: String, _ problem: NameProblem?) {
        var found: NameProblem?
        do { _ = try Nick(name) } catch { found = error }
        #expect(found == problem)
    }

    @Test func aRoomStartsWithHashAndMayGoOnWithADigit() throws {
        #expect(throws: NameProblem.missingHash) { try RoomName("lobby") }
        #expect(throws: NameProblem.empty) { try RoomName("#") }
        #expect(throws: NameProblem.empty) { try RoomName("") }
        #expect(throws: NameProblem.character("#", offset: 1)) { try RoomName("##") }
        #expect(throws: NameProblem.character("\u{301}", offset: 1)) { try RoomName("#\u{301}") }
        #expect(try RoomName("#2026").text == "#2026")
        #expect(try RoomName("#-x").text == "#-x")
        #expect(try RoomName("#LOBBY") == .lobby)
    }

    @Test func namesThatDifferInCaseOrCompositionAreTheSame() throws {
        #expect(try Nick("ADA") == Nick("ada"))
        #expect(try Nick("É") == Nick("e\u{301}"))
        #expect(try Nick("É").hashValue == Nick("e\u{301}").hashValue)
        #expect(try Nick("ŻÓŁW") == Nick("żółw"))
        #expect(try Nick("\u{212A}") == Nick("k"))  // Kelvin sign
        #expect(try Nick("ß") != Nick("ss"))
        #expect(try Nick("{a}") != Nick("[a]"))  // not RFC 1459's casemapping
    }
}
