import Foundation
import Testing

/// `sock verify`.
@Suite struct VerifyTests {
    private static let client = """
        switchboard-ledger 1
        session 000102030405060708090a0b0c0d0e0f client
        sent 5 delivered 5 refused 0 digest 1c291ca3
        taken 2 digest 0000abcd
        end

        """
    private static let server = """
        switchboard-ledger 1
        session 000102030405060708090a0b0c0d0e0f server
        sent 2 delivered 2 refused 0 digest 0000abcd
        taken 5 digest 1c291ca3
        end

        """

    private func verify(_ one: String, _ other: String) throws -> Program.Outcome {
        var outcome: Program.Outcome?
        try withFolder { folder in
            let paths = ["\(folder)/one", "\(folder)/other"]
            for (path, text) in zip(paths, [one, other]) {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            }
            outcome = try Program.run([SockProgram.path, "verify"] + paths)
        }
        return try #require(outcome)
    }

    @Test func twoEndsThatAgreeBalance() throws {
        let outcome = try verify(Self.client, Self.server)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text == "the ledgers balance: every message is accounted for\n")
    }

    @Test func aMessageThatIsMissingIsStatus1() throws {
        let short = Self.server.replacingOccurrences(of: "taken 5", with: "taken 4")
        let outcome = try verify(Self.client, short)
        #expect(outcome.status == 1)
        #expect(outcome.text == "client delivered 5, server took 4\n")
    }

    @Test func whatIsNoLedgerIsStatus1() throws {
        let outcome = try verify(Self.client, "something else\n")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("line"), "\(outcome.errors)")
        let missing = try SockProgram.run("verify", "/nonexistent/a", "/nonexistent/b")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("/nonexistent/a"), "\(missing.errors)")
    }
}
