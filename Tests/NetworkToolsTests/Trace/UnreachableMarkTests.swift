import Testing

@testable import NetworkTools
@testable import Sockets

struct UnreachableMarkTests {
    @Test(
        arguments: [
            (false, 3, 0, "!N"), (false, 3, 1, "!H"), (false, 3, 2, "!P"), (false, 3, 4, "!F"),
            (false, 3, 13, "!X"), (false, 3, 99, "!<99>"), (true, 1, 0, "!N"), (true, 1, 1, "!X"),
            (true, 1, 3, "!H"), (true, 2, 0, "!F"), (false, 200, 7, "!<200-7>"),
        ] as [(Bool, UInt8, UInt8, String)]
    )
    func marksAreThoseOfTraceroute(isIPv6: Bool, type: UInt8, code: UInt8, text: String) {
        let mark = UnreachableMark(.init(isIPv6: isIPv6, type: type, code: code))
        #expect(mark.text == text)
        #expect(!mark.words.isEmpty)
    }
}
