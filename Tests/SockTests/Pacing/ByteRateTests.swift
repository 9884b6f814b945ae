import Testing

@testable import sock

@Suite struct ByteRateTests {
    @Test(arguments: [
        ("1", 1), ("800", 800), ("10k", 10_000), ("10K", 10_000), ("1M", 1_000_000),
        ("1.5m", 1_500_000), ("2g", 2_000_000_000), ("1Ki", 1024), ("64ki", 65_536),
        ("1Mi", 1_048_576), ("0.5Gi", 536_870_912), ("10G", 10_000_000_000), (".5k", 500),
        ("10kB", 10_000), ("1MiB", 1_048_576), ("64KB/s", 64_000), ("800b", 800), ("1k/s", 1000),
    ])
    func aRateIsANumberAndAUnit(_ text: String, _ bytesPerSecond: Int) {
        #expect(ByteRate(argument: text)?.bytesPerSecond == bytesPerSecond)
    }

    @Test(arguments: [
        "", "0", "-1", "k", "i", "5i", "b", "ib", "10kBB", "k/s", "1k/m", "1k/s/s", "10 k", "1e3",
        "0x10", "inf", "nan", "1..5", "0.5",
        "11G", "1e400", "٣", "+5",
    ])
    func everythingElseIsNone(_ text: String) { #expect(ByteRate(argument: text) == nil) }
}
