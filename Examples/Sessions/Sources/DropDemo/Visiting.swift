import Console
import Sessions
import Sockets

/// Takes the feed and sends a file, both at once.
func visit(_ endpoint: Endpoint, folder: String, file: String) async throws {
    let tally = Tally()
    var configuration = SessionClientConfiguration()
    configuration.ledger = .folder(folder)

    try await Session.connect(to: endpoint, configuration) { session in
        async let feed: Void = follow(session, tally)
        async let _: Void = report(session, tally)
        try await session.put(file: file, as: "file") { tally.note($0) }
        try await feed
        say("\(tally.words), \(session.cutCount) cuts")
    }
    let (lost, twice) = tally.mistakes
    say("of the feed: \(lost) lost, \(twice) twice")
    if lost + twice > 0 { throw SessionError(.failed, .failed, "the feed is not what was sent") }
}

private func follow(_ session: Session, _ tally: Tally) async throws {
    guard case .log(let feed)? = try await session.incoming.next() else { return }
    for try await element in feed { tally.take(element) }
}

/// Says every second how it goes, until it is cancelled.
private func report(_ session: Session, _ tally: Tally) async {
    while (try? await session.loop.sleep(until: .after(.seconds(1)))) != nil {
        say("\(tally.words), \(session.cutCount) cuts")
    }
}

extension Session {
    /// How often it has lost its connection.
    var cutCount: Int { statistics().attachmentCount - 1 }
}
