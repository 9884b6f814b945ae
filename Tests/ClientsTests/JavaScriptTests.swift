import Sessions
import Sockets
import TestSupport
import Testing

/// Clients/JavaScript/switchboard.js in a page of Chromium, against the server.
@Suite(.enabled(if: Programs.chromium, "chromium is missing: scripts/setup test installs it"))
struct JavaScriptTests {
    private static let parts =
        "logs,states,datagrams,calls,deadlines,streams,early,both_ways,topics,files"

    @Test func aPageDoesEverything() async throws {
        let conversation = try Conversation()
        let (report, _) = try await visit(Self.parts, conversation, Cutter())
        try conversation.check(Self.parts, clientSaid: report)
    }

    @Test func aPageResumesWhateverIsCut() async throws {
        let cutter = Cutter()
        let conversation = try Conversation { count in
            if count % 100 == 0 { cutter.cut() }
        }
        let (report, count) = try await visit(Self.parts, conversation, cutter)
        try conversation.check(Self.parts, clientSaid: report)
        #expect(count > 5)
    }

    @Test func itsOwnTestsPass() async throws {
        let profile = String(try run("mktemp", "-d").dropLast())
        defer { _ = try? run("rm", "-r", profile) }
        let page = try run(
            "sh",
            "-c",
            """
            chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                --disable-background-networking --disable-component-update \
                --allow-file-access-from-files --user-data-dir="$0" --dump-dom "file://$1" 2>/dev/null
            """,
            profile,
            "\(Peer.root)/Clients/JavaScript/test.html"
        )
        #expect(page.contains("passed: the whole session of section 13"), "\(page)")
        #expect(page.contains("all 17 passed"), "\(page)")
    }

    /// What the page reported, and how many connections its session had.
    private func visit(
        _ parts: String,
        _ conversation: Conversation,
        _ cutter: Cutter
    ) async throws -> (report: String, count: Int) {
        let profile = String(try run("mktemp", "-d").dropLast())
        defer { _ = try? run("rm", "-r", profile) }
        return try await withDeadline(.after(.seconds(120))) {
            try await SessionDoor.open(.web, conversation.serve) { door, endpoint in
                cutter.door.withLock { $0 = door }
                defer { cutter.door.withLock { $0 = nil } }
                let browser = try Peer.browser("\(endpoint)/?\(parts)", profile: profile)
                let report = await door.reports.first { _ in true }
                withExtendedLifetime(browser) {}
                return (report ?? "no report", door.count)
            }
        }
    }
}
