import Testing

@testable import sock

/// What a progress line says, and the speed it says.
@Suite struct ProgressTextTests {
    @Test(arguments: [
        (0.0, "0 B"), (999, "999 B"), (999.6, "1.0 kB"), (1000, "1.0 kB"), (9940, "9.9 kB"),
        (9960, "10 kB"), (999_400, "999 kB"), (999_600, "1.0 MB"), (4.3e9, "4.3 GB"),
        (-1, "0 B"), (9e30, "9000000000000 EB"),
    ])
    func sizesHaveTwoOrThreeDigits(_ size: Double, _ text: String) {
        #expect(ProgressText.size(size) == text)
    }

    @Test func aTransferSaysHowFarHowFastAndHowLong() {
        #expect(
            ProgressText.transfer(45, of: 100, rate: 5) == "45 % of 100 B, 5 B/s, 11 s left"
        )
        #expect(ProgressText.transfer(99_999, of: 100_000, rate: nil) == "99 % of 100 kB")
        #expect(ProgressText.transfer(1500, of: nil, rate: 2000) == "1.5 kB, 2.0 kB/s")
        #expect(ProgressText.transfer(1, of: 2, rate: 0) == "50 % of 2 B, 0 B/s, stalled")
        #expect(ProgressText.transfer(2, of: 2, rate: 0) == "100 % of 2 B, 0 B/s")
        #expect(ProgressText.transfer(0, of: 0, rate: nil) == "0 B")
    }

    @Test(arguments: [
        (0.0, "0 s"), (0.2, "1 s"), (59.1, "1:00 min"), (187, "3:07 min"), (7380, "2:03 h"),
        (500_000, "5 d"), (.infinity, "11574 d"),
    ])
    func timesAreReadAtAGlance(_ seconds: Double, _ text: String) {
        #expect(ProgressText.time(seconds) == text)
    }

    @Test func theBarIsAlwaysAsWide() {
        #expect(ProgressText.bar(0, of: 10, width: 4) == "░░░░")
        #expect(ProgressText.bar(5, of: 10, width: 4) == "██░░")
        #expect(ProgressText.bar(10, of: 10, width: 4) == "████")
        #expect(ProgressText.bar(99, of: 10, width: 4) == "████")
        #expect(ProgressText.bar(.max, of: .max, width: 4) == "████")
    }

    /// The numbers stay as long as there is room for one, whole or not at all.
    @Test(arguments: [
        (80, "██░░ 45 % of 4.3 GB, 94 MB/s, 25 s left"),
        (39, "██░░ 45 % of 4.3 GB, 94 MB/s, 25 s left"),
        (38, "45 % of 4.3 GB, 94 MB/s, 25 s left"), (30, "45 % of 4.3 GB, 94 MB/s"),
        (22, "45 % of 4.3 GB"), (14, "45 % of 4.3 GB"), (13, "45 %"), (11, "45 %"), (4, "45 %"),
        (2, "45"), (0, ""),
    ])
    func theBarGoesFirstWhereItIsNarrow(_ columns: Int, _ shown: String) {
        let status = "██░░ 45 % of 4.3 GB, 94 MB/s, 25 s left"
        #expect(ProgressText.fitted(status, columns: columns) == shown)
    }

    @Test func onlyANameIsCut() {
        let status = "45 % of 25 MB, 94 MB/s, 2 s left GET /a-long-name"
        #expect(
            ProgressText.fitted(status, columns: 40) == "45 % of 25 MB, 94 MB/s, 2 s left GET /a-"
        )
        #expect(ProgressText.fitted(status, columns: 25) == "45 % of 25 MB, 94 MB/s")
    }

    @Test func theSpeedIsThatOfTheLastSeconds() {
        var rate = RecentRate()
        #expect(rate.bytesPerSecond == nil)
        rate.add(0, at: 0)
        #expect(rate.bytesPerSecond == nil)
        rate.add(1000, at: 1_000_000_000)
        #expect(rate.bytesPerSecond == 1000)
        // A stall is seen: after ten seconds the first thousand no longer counts.
        for second in 2...10 { rate.add(1000, at: Int64(second) * 1_000_000_000) }
        #expect(rate.bytesPerSecond == 0)
    }

    @Test func severalTransfersAreOneLine() {
        var list = TransferList()
        let first = list.begin("GET /a")
        let second = list.begin("GET /b")
        #expect(list.moved(first, 10, of: 100, at: 0) == "10 % of 100 B GET /a")
        // Just now a line was shown.
        #expect(list.moved(second, 40, of: 100, at: 1) == nil)
        #expect(
            list.moved(second, 50, of: 100, at: 1_000_000_000)
                == "30 % of 200 B, 50 B/s, 3 s left (2 transfers)"
        )
        #expect(
            list.end(first, at: 1_000_000_001)?.hasSuffix("GET /b") == true
        )
        #expect(list.end(second, at: 1_000_000_002) == "")
        #expect(list.end(second, at: 1_000_000_003) == nil)
    }
}
