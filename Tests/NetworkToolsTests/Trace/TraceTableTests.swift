import Testing

@testable import NetworkTools
@testable import Sockets

struct TraceTableTests {
    private static let router = IPAddress.v4(.loopback)
    private static let goal = IPAddress.v4(.any)
    private static let millisecond: Int64 = 1_000_000

    private func table(maxHops: Int = 4, queries: Int = 2, window: Int = 16) -> TraceTable {
        TraceTable(
            TraceConfiguration(
                maxHops: maxHops,
                queries: queries,
                timeout: .seconds(1),
                window: window
            )
        )
    }

    private func sendAll(_ table: inout TraceTable, at now: Int64 = 0) -> [TraceProbe] {
        var probes: [TraceProbe] = []
        while let probe = table.next() {
            table.send(at: now)
            probes.append(probe)
        }
        return probes
    }

    @Test func probesGoOutHopByHopAsTheWindowLets() {
        var table = table(window: 3)
        #expect(sendAll(&table).map(\.hop) == [1, 1, 2])
        table.answer(1, .hop, from: Self.router, at: 5)
        #expect(sendAll(&table).map(\.number) == [3])
        #expect(table.next() == nil)
    }

    @Test func theFirstEndIsTheLastRow() {
        var table = table()
        _ = sendAll(&table)
        for number in 0..<2 { table.answer(number, .hop, from: Self.router, at: 5) }
        for number in [7, 6, 4, 5] { table.answer(number, .destination, from: Self.goal, at: 9) }
        #expect(!table.isComplete)
        #expect(table.rows.count == 3)
        for number in 2..<4 { table.answer(number, .hop, from: Self.router, at: 12) }
        #expect(table.isComplete && table.hasReached)
        #expect(table.rows.map(\.hop) == [1, 2, 3])
        #expect(table.settledRows.count == 3)
    }

    @Test func nothingIsSentBeyondTheEnd() {
        var table = table(maxHops: 30, queries: 1, window: 2)
        #expect(sendAll(&table).count == 2)
        table.answer(0, .destination, from: Self.goal, at: 1)
        #expect(table.next() == nil)
        #expect(table.isComplete)
    }

    @Test func aSilentHopIsGivenUpAndMayStillAnswer() {
        var table = table(maxHops: 1, queries: 1)
        _ = sendAll(&table)
        #expect(table.nextExpiry == 1000 * Self.millisecond)
        table.expire(at: 999 * Self.millisecond)
        #expect(!table.isComplete)
        table.expire(at: 1000 * Self.millisecond)
        #expect(table.isComplete && !table.hasReached && !table.isAnswered)
        #expect(table.rows[0].text() == " 1   *")
        table.answer(0, .hop, from: Self.router, at: 1200 * Self.millisecond)
        #expect(table.rows[0].text() == " 1  127.0.0.1  1200 ms")
    }

    @Test func onceTheEndIsKnownSilentHopsAreWaitedForBriefly() {
        var table = table(maxHops: 2, queries: 1)
        _ = sendAll(&table)
        table.answer(1, .destination, from: Self.goal, at: Self.millisecond)
        #expect(table.nextExpiry == 500 * Self.millisecond)
        table.expire(at: 500 * Self.millisecond)
        #expect(table.isComplete)
    }

    @Test func anUnreachableMarkEndsTheTraceWithoutReaching() {
        var table = table(queries: 1)
        _ = sendAll(&table)
        table.answer(0, .hop, from: Self.router, at: 30_000)
        let mark = UnreachableMark(.init(isIPv6: false, type: 3, code: 1))
        for number in 1..<4 {
            table.answer(number, .unreachable(mark), from: Self.router, at: 45_000)
        }
        #expect(table.isComplete && !table.hasReached)
        let lines = table.rows.map { $0.text() }
        #expect(lines == [" 1  127.0.0.1  0.030 ms", " 2  127.0.0.1  0.045 ms !H"])
    }

    @Test func inventedNumbersAndSecondAnswersAreIgnored() {
        var table = table()
        _ = sendAll(&table)
        for number in [-1, 8, 1000, .max] {
            table.answer(number, .destination, from: Self.goal, at: 1)
        }
        table.answer(0, .hop, from: Self.router, at: 7000)
        table.answer(0, .destination, from: Self.goal, at: 9000)
        #expect(!table.hasReached && table.rows.count == 4)
    }

    @Test func anAddressIsPrintedWhereItChanges() {
        var table = table(maxHops: 1, queries: 3)
        _ = sendAll(&table)
        table.answer(0, .hop, from: Self.router, at: 10_000)
        table.answer(1, .hop, from: Self.router, at: 20_000)
        table.answer(2, .hop, from: .v6(.loopback), at: 30_000)
        let text = table.rows[0].text { $0 == Self.router ? "gate" : nil }
        #expect(text == " 1  127.0.0.1 (gate)  0.010 ms  0.020 ms ::1  0.030 ms")
    }

    @Test func whatCouldNotBeSentIsMarked() {
        var table = table(maxHops: 1, queries: 1)
        _ = sendAll(&table)
        table.failToSend(0)
        #expect(table.isComplete && table.rows[0].text() == " 1   !")
    }
}
