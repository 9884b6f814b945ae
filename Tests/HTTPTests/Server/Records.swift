import HTTP
import Sockets

/// Keeps what a server reports.
final class Records: Sendable {
    private let records = Lock<[HTTPExchangeRecord]>([])
    private let arrivals = AsyncStream.makeStream(of: HTTPExchangeRecord.self)

    func add(_ record: HTTPExchangeRecord) {
        records.withLock { $0.append(record) }
        arrivals.continuation.yield(record)
    }

    var all: [HTTPExchangeRecord] { records.withLock { $0 } }

    /// The next that was not taken yet, as soon as it is there.
    func next() async -> HTTPExchangeRecord? {
        for await record in arrivals.stream { return record }
        return nil
    }
}
