import Testing

@testable import HTTP

@Suite struct ContentTypeTests {
    @Test(arguments: [
        ("index.html", "text/html; charset=utf-8"), ("A.JS", "text/javascript; charset=utf-8"),
        ("m.mjs", "text/javascript; charset=utf-8"), ("a.tar.gz", "application/gzip"),
        ("x.svg", "image/svg+xml"), ("x.json", "application/json"), ("x.wasm", "application/wasm"),
        ("x.woff2", "font/woff2"), ("x.mp4", "video/mp4"), ("x.avif", "image/avif"),
        ("README", "application/octet-stream"), ("x.", "application/octet-stream"),
        (".html", "application/octet-stream"), ("x.unheard-of", "application/octet-stream"),
        ("", "application/octet-stream"),
    ]) func theNameSaysTheType(name: String, type: String) {
        #expect(ContentType.of(name: Array(name.utf8)).value == type)
    }

    @Test func everyExtensionIsThereOnce() {
        let words = ContentType.mediaTypes.split(separator: "\n").map { $0.split(separator: " ") }
        let suffixes = words.flatMap { $0.dropFirst() }
        #expect(suffixes.count == Set(suffixes).count)
        #expect(suffixes.count >= 120)
        #expect(words.allSatisfy { $0[0].contains("/") && $0.count > 1 })
    }

    @Test func textIsWorthCompressing() {
        let isCompressible = { ContentType.of(name: Array(($0 as String).utf8)).isCompressible }
        #expect(isCompressible("a.css") && isCompressible("a.svg") && isCompressible("a.json"))
        #expect(!isCompressible("a.png") && !isCompressible("a.zip") && !isCompressible("a"))
    }
}
