import Testing

@testable import HTTP

@Suite struct EntityTagTests {
    private let strong = EntityTag(opaque: "a", isWeak: false)
    private let weak = EntityTag(opaque: "a", isWeak: true)

    /// The table of RFC 9110 §8.8.3.2.
    @Test func weakAndStrongComparisonAreThoseOfTheStandard() {
        let other = EntityTag(opaque: "b", isWeak: true)
        #expect(!weak.matchesStrongly(weak) && weak.matchesWeakly(weak))
        #expect(!weak.matchesStrongly(other) && !weak.matchesWeakly(other))
        #expect(!weak.matchesStrongly(strong) && weak.matchesWeakly(strong))
        #expect(strong.matchesStrongly(strong) && strong.matchesWeakly(strong))
    }

    @Test func listsAreRead() {
        #expect(EntityTagList(parsing: "*") == .any)
        #expect(EntityTagList(parsing: "\"a\"") == .tags([strong]))
        #expect(EntityTagList(parsing: " W/\"a\" ,, \"a\" ,") == .tags([weak, strong]))
        let comma = EntityTag(opaque: "a,b", isWeak: false)
        #expect(
            EntityTagList(parsing: "\"a,b\",\"\"")
                == .tags([comma, EntityTag(opaque: "", isWeak: false)])
        )
    }

    @Test(arguments: ["a", "\"a", "\"a\"b", "w/\"a\"", "\"a\" \"b\"", "\"a b\"", "*, \"a\"", "W/a"])
    func whatBreaksTheGrammarNamesNothing(text: String) {
        #expect(EntityTagList(parsing: text) == .tags([]))
        #expect(EntityTag(parsing: text) == nil)
    }

    @Test func printedAndReadBack() {
        #expect(strong.description == "\"a\"")
        #expect(weak.description == "W/\"a\"")
        #expect(EntityTag(parsing: weak.description) == weak)
    }
}
