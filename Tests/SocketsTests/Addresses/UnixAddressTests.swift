import Testing

@testable import Sockets

@Suite struct UnixAddressTests {
    @Test(arguments: [
        "/run/x", "x", "./@name", "/tmp/with space", "/tmp/é/日本", "/run/50%/x", "a:b", "//host/x",
        "@looks-abstract", "*", "**", "\\", "/a\\x41", "/new\nline", "/\u{1B}[31m", "/\u{202E}txt",
        "/tab\t", "/\u{A0}nbsp",
    ])
    func aPathIsTakenByteForByteAndReadsBackFromItsText(path: String) throws {
        let address = try UnixAddress(path: path)
        #expect(address.path == path)
        #expect(address.pathBytes == Array(path.utf8))
        #expect(address.abstractName == nil)
        #expect(!address.isUnnamed)
        #expect(try UnixAddress(address.description) == address)
    }

    @Test(arguments: [
        ("/run/x", "/run/x"), ("@a", "\\x40a"), ("*", "\\x2A"), ("//a", "\\x2F/a"), ("\\", "\\\\"),
        ("/\n", "/\\x0A"), ("/\u{7F}", "/\\x7F"), ("/é", "/é"), ("/\u{202E}", "/\\xE2\\x80\\xAE"),
        ("/\u{85}", "/\\xC2\\x85"), ("/a b", "/a b"),
    ])
    func whatDoesNotPrintIsEscaped(path: String, text: String) throws {
        #expect(try UnixAddress(path: path).description == text)
    }

    @Test func anAbstractNameMayHoldAnyByte() throws {
        let address = UnixAddress(socketPath: [0] + Array(UInt8.min...UInt8.max).prefix(100))
        #expect(address.abstractName?.count == 100)
        #expect(address.path == nil)
        #expect(try UnixAddress(address.description) == address)
        let binary = UnixAddress(socketPath: [0, 0xFF, 0x00, 0x41])
        #expect(binary.description == "@\\xFF\\x00A")
        #expect(try UnixAddress("@\\xfF\\x00A") == binary)
        #expect(try UnixAddress(abstract: "name") == UnixAddress("@name"))
        #expect(try UnixAddress(abstract: "name").abstractName == Array("name".utf8))
    }

    @Test func unnamedIsAStar() throws {
        #expect(UnixAddress.unnamed.description == "*")
        #expect(UnixAddress.unnamed.isUnnamed)
        #expect(UnixAddress.unnamed.path == nil)
        #expect(UnixAddress.unnamed.abstractName == nil)
        #expect(try UnixAddress("*") == .unnamed)
    }

    @Test func whatTheKernelReturnsIsCutAtItsNUL() {
        #expect(UnixAddress(socketPath: Array("/run/x\0".utf8)).path == "/run/x")
        #expect(UnixAddress(socketPath: Array("/run/x\0rest".utf8)).path == "/run/x")
        #expect(UnixAddress(socketPath: Array("\0a\0".utf8)).abstractName == [0x61, 0])
        #expect(UnixAddress(socketPath: []) == .unnamed)
        #expect(UnixAddress(socketPath: Array(repeating: 0x61, count: 108)).pathBytes?.count == 108)
    }

    @Test func theLimitIsTheLastLengthThatFits() throws {
        let fits = String(repeating: "p", count: 107)
        #expect(try UnixAddress(path: fits).path == fits)
        #expect(try UnixAddress(fits).path == fits)
        #expect(try UnixAddress(abstract: fits).abstractName?.count == 107)
        #expect(try UnixAddress("@" + fits).abstractName?.count == 107)
        #expect(try UnixAddress("\\x70" + fits.dropFirst()).path == fits)
    }

    @Test(arguments: [
        BadText(
            String(repeating: "p", count: 108),
            107,
            "the path is 108 bytes long, over the limit of 107"
        ),
        BadText("\\x70" + String(repeating: "p", count: 139), 110, "the path is 140 bytes long"),
        BadText(
            "@" + String(repeating: "p", count: 108),
            108,
            "the abstract name is 108 bytes long, over the limit of 107"
        ),
        BadText("", 0, "a path or an abstract name (@name) is missing here"),
        BadText("@", 1, "a name is missing after '@'"),
        BadText("/a\0b", 2, "a NUL byte is not taken as it is"),
        BadText("/a\\x00b", 2, "a NUL byte is in the path, and would end it"),
        BadText("/a\nb", 2, "a control character (\\x0A) is not taken as it is: write it \\x0A"),
        BadText("/a\\b", 2, "a backslash begins an escape"),
        BadText("/a\\", 2, "a backslash begins an escape"),
        BadText("/a\\x", 2, "a backslash begins an escape"),
        BadText("/a\\x4", 2, "a backslash begins an escape"),
        BadText("/a\\x4g", 2, "a backslash begins an escape"),
    ])
    func badTextIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try UnixAddress(text) }
    }

    @Test(arguments: [
        BadText("", 0, "it is empty"), BadText("/a\0b", 2, "a NUL byte is in the path"),
        BadText(String(repeating: "é", count: 54), 107, "the path is 108 bytes long"),
        BadText(
            String(repeating: "p", count: 10_000),
            107,
            "the path is 10000 bytes long, over the limit of 107"
        ),
    ])
    func badPathsAreRefused(bad: BadText) {
        bad.check { path throws(AddressParseError) in try UnixAddress(path: path) }
    }

    @Test(arguments: [
        BadText("", 0, "it is empty"),
        BadText(String(repeating: "n", count: 200), 107, "the abstract name is 200 bytes long"),
    ])
    func badAbstractNamesAreRefused(bad: BadText) {
        bad.check { name throws(AddressParseError) in try UnixAddress(abstract: name) }
    }

    @Test func orderIsUnnamedAbstractPath() throws {
        let (path, name) = try (UnixAddress(path: "a"), UnixAddress(abstract: "z"))
        #expect([path, name, .unnamed].sorted() == [.unnamed, name, path])
    }
}
