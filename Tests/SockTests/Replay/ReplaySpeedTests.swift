import Testing

@testable import sock

@Suite struct ReplaySpeedTests {
    @Test(arguments: [
        ("1", 1_000_000, 1_000_000), ("0.5", 1_000_000, 2_000_000), ("10", 1_000_000, 100_000),
        ("max", 1_000_000, 0), ("0", Int64.max, 0), ("0.001", Int64.max, Int64.max),
        ("1000000", 3, 0),
    ])
    func timesAreDividedByTheSpeed(_ text: String, _ recorded: Int64, _ played: Int64) throws {
        #expect(try #require(ReplaySpeed(argument: text)).scaled(recorded) == played)
    }

    @Test(arguments: ["", "-1", "nan", "inf", "x", "0.0001", "1000001", "0.0"])
    func everythingElseIsNone(_ text: String) { #expect(ReplaySpeed(argument: text) == nil) }
}
