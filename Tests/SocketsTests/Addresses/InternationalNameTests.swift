import Sockets
import Testing

@testable import Addresses

/// Host names with letters beyond ASCII.
struct InternationalNameTests {
    /// RFC 3492 §7.1; (B) to (S), but for the letter case of those that have some.
    @Test(arguments: [
        (
            "\u{644}\u{64A}\u{647}\u{645}\u{627}\u{628}\u{62A}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}"
                + "\u{631}\u{628}\u{64A}\u{61F}",
            "egbpdaj6bu4bxfgehfvwxn"
        ),
        (
            "\u{4ED6}\u{4EEC}\u{4E3A}\u{4EC0}\u{4E48}\u{4E0D}\u{8BF4}\u{4E2D}\u{6587}",
            "ihqwcrb4cv8a8dqg056pqjye"
        ),
        (
            "\u{4ED6}\u{5011}\u{7232}\u{4EC0}\u{9EBD}\u{4E0D}\u{8AAA}\u{4E2D}\u{6587}",
            "ihqwctvzc91f659drss3x8bo0yb"
        ),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
        (
            "\u{5DC}\u{5DE}\u{5D4}\u{5D4}\u{5DD}\u{5E4}\u{5E9}\u{5D5}\u{5D8}\u{5DC}\u{5D0}\u{5DE}\u{5D3}"
                + "\u{5D1}\u{5E8}\u{5D9}\u{5DD}\u{5E2}\u{5D1}\u{5E8}\u{5D9}\u{5EA}",
            "4dbcagdahymbxekheh6e0a7fei0b"
        ),
        ("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
        ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
        (
            "PorquénopuedensimplementehablarenEspañol",
            "PorqunopuedensimplementehablarenEspaol-fmd56a"
        ),
        ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
        ("安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
        ("Hello-Another-Way-それぞれの場所", "Hello-Another-Way--fc4qua05auwb3674vfr0b"),
        ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
        ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
        ("パフィーdeルンバ", "de-jg4avhby1noc0d"), ("そのスピードで", "d9juau41awczczp"),
        ("-> $1.00 <-", "-> $1.00 <--"),
    ])
    func samplesOfTheStandard(_ text: String, _ code: String) {
        let encoded = Punycode.encode(Array(text.unicodeScalars))
        #expect(encoded.map { String(decoding: $0, as: UTF8.self) } == code)
    }

    @Test(
        arguments: [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.Example", "xn--bcher-kva.example"),
            // Decomposed: u and its diaeresis.
            ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("straße.de", "xn--strae-oqa.de"),
            ("Straße.de.", "xn--strae-oqa.de."), ("ἑλλάς.gr", "xn--hxa3aa3a0982a.gr"),
            ("日本。jp", "xn--wgv71a.jp"), ("日本．jp｡", "xn--wgv71a.jp."), ("한국.kr", "xn--3e0b707e.kr"),
            ("\u{1112}\u{1161}\u{11AB}국.kr", "xn--3e0b707e.kr"), ("ｅｘａｍｐｌｅ.org", "example.org"),
            ("paral·lel.cat", "xn--parallel-koa.cat"), ("\u{212B}.se", "xn--5ca.se"),
            ("नमस्ते.भारत", "xn--h2bhs4b8d8a.xn--h2brj9c"), ("मुं\u{200D}बई.in", nil),
            ("क्\u{200D}ष.in", "xn--11b2ezcw70k.in"), ("עברית.il", "xn--5dbqzzl.il"),
            ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"), ("コム・例.jp", "xn--tckwepdq87m.jp"),
        ] as [(String, String?)]
    )
    func aNameIsAskedByItsALabels(_ written: String, _ asked: String?) {
        let host = try? Endpoint.Host(written)
        #expect(host.map { "\($0)" } == asked)
    }

    @Test(arguments: [
        "a\u{202E}b.example", "a\u{200B}b.example", "a\u{AD}ü.example", "ﬁü.example", "𝐚ü.example",
        "ª.example", "\u{301}ü.example", "ü..example", "-ü.example", "ü-.example", "xn--ü.example",
        "ab--ü.example", "ü_ .example", "ü/.example", "ü@h.example", "ü*.example", "☃.example",
        "l·ü.example", "אa.example", "1א.example", "ü\u{640}.example", "\u{FFFD}.example",
        "\u{1100}ü.example", String(repeating: "ü", count: 60) + ".example", "a\u{34F}ü.example",
        String(repeating: "ü", count: 8000), "\u{3000}ü.example", "ü\u{0}.example", "１.２.ü.0x1",
    ])
    func whatIsNoNameIsRefusedWithWords(_ written: String) {
        #expect { try Endpoint.Host(written) } throws: { error in
            guard let error = error as? AddressParseError else { return false }
            return !error.reason.isEmpty && error.reason.utf8.allSatisfy { $0 < 0x80 }
        }
    }

    /// Where two spellings are canonically equivalent, they are asked under one name or refused.
    @Test func equivalentSpellingsAreOneName() {
        for scalar in (0xC0...0x1FFF).compactMap(Unicode.Scalar.init) {
            let text = "a\(scalar)"
            guard let composed = try? Endpoint.Host(text) else { continue }
            let parts = Array(String(scalar).unicodeScalars)
            #expect(parts.count == 1)
            #expect((try? Endpoint.Host("\(composed)")) == composed, "\(scalar.value)")
        }
    }

    @Test func anythingIsReadOrRefused() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let scalars = (0..<Int.random(in: 1..<20, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &random))
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            guard let host = try? Endpoint.Host(String(view)) else { continue }
            #expect("\(host)".utf8.allSatisfy { $0 < 0x80 }, "\(scalars)")
        }
    }

    @Test func aResolverIsAskedByThem() async throws {
        await #expect { try await Resolver.shared.resolve("a\u{202E}b") } throws: {
            ($0 as? SocketError)?.code == .invalidArgument
        }
    }
}
