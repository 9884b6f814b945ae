import Testing

@testable import SessionProtocol

@Suite struct LedgerTests {
    private let text = """
        switchboard-ledger 1
        session 000102030405060708090a0b0c0d0e0f client
        sent 5 delivered 3 refused 1 digest 1c291ca3
        taken 2 digest 00000000
        unsettled 0 4 5f0f2f9a
        answer taken 1 2
        answer skipped 1 0
        answer reset 3 7
        end

        """

    @Test func theDocumentsExampleIsReadAndWritten() throws {
        let ledger = try Ledger(text: text)
        #expect(ledger.text == text)
        #expect(ledger.unsettled == [.init(stream: 0, number: 4, hash: 0x5F0F_2F9A)])
        #expect(ledger.answers.count == 3)
    }

    @Test func whatIsNoLedgerIsRefusedWithItsLine() throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices.dropLast() {
            var broken = lines
            broken[index] = "nonsense"
            #expect(throws: LedgerTextError.self, "line \(index + 1)") {
                try Ledger(text: broken.joined(separator: "\n"))
            }
        }
        for size in 0..<text.utf8.count {
            #expect(throws: LedgerTextError.self) { try Ledger(text: String(text.prefix(size))) }
        }
        let huge = text.replacing("sent 5", with: "sent 18446744073709551615")
        #expect(throws: LedgerTextError(line: 3)) { try Ledger(text: huge) }
    }

    /// A connection is lost at the worst place: taken, and the sender does not know.
    @Test func whatTheSenderDoesNotKnowIsFoundInTheReceiversAnswers() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        for number in 0..<4 { _ = try pair.client.send([UInt8(number)], on: stream) }
        pair.exchange()
        for _ in 0..<2 { _ = pair.server.take(from: stream, now: pair.now) }
        let told = try pair.client.send([9], on: stream)
        pair.client.cancel(told, on: stream)
        pair.disconnect()
        pair.client.abandon(now: pair.now)
        pair.server.abandon(now: pair.now)
        let client = try Ledger(text: pair.client.ledger.text)
        let server = try Ledger(text: pair.server.ledger.text)
        #expect(client.unsettled.count == 4)
        #expect(server.tally.takenCount == 2)
        #expect(Ledger.balance(client, server) == [])
        #expect(Ledger.balance(server, client) == [])
    }

    @Test func oneMessageMoreOrLessOrOtherIsFound() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        for number in 0..<4 { _ = try pair.client.send([UInt8(number)], on: stream) }
        pair.exchange()
        while pair.server.take(from: stream, now: pair.now) != nil {}
        pair.exchange()
        let client = pair.client.ledger.text
        let server = pair.server.ledger.text
        #expect(Ledger.balance(try Ledger(text: client), try Ledger(text: server)) == [])
        let digest = Hexadecimal.text(UInt64(pair.server.ledger.tally.takenDigest), digits: 8)
        for broken in [
            server.replacing("taken 4", with: "taken 5"),
            server.replacing("digest \(digest)", with: "digest 00000001"),
            server.replacing("session 00", with: "session 01"),
            server.replacing(" server", with: " client"),
        ] {
            #expect(broken != server)
            let other = try Ledger(text: broken)
            #expect(Ledger.balance(try Ledger(text: client), other) != [])
        }
        let short = client.replacing("sent 4", with: "sent 5")
        #expect(Ledger.balance(try Ledger(text: short), try Ledger(text: server)) != [])
    }
}
