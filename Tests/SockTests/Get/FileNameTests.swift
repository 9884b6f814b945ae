import Testing

@testable import sock

/// Which names of URLs may be names of files.
@Suite struct FileNameTests {
    @Test(arguments: [
        ("a.txt", "a.txt"), ("a%20b", "a b"), ("%e2%82%ac", "€"), ("100%25", "100%"),
        ("a+b", "a+b"), ("%2D", "-"),
    ])
    func aNameIsDecoded(_ encoded: String, _ name: String) {
        #expect(FileName(percentEncoded: encoded[...])?.text == name)
    }

    @Test(arguments: [
        "", ".", "..", ".hidden", "%2e%2e", "..%2fa", "a%2fb", "a%00b", "a%0a", "%1b", "%c2%9b",
        "%ff", "%", "%4", "%zz", "%+1",
    ])
    func whatIsNoNameIsRefused(_ encoded: String) {
        #expect(FileName(percentEncoded: encoded[...]) == nil)
    }
}
