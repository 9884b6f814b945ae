import HTTP
import Sockets

/// Keeps what a server reports.
final class Records: Sendable {
    private let records = Lock<[HTTPExchangeRecord]>([])

    func add(_ record: HTTPExchangeRecord) { records.withLock { $0.append(record) } }

    var all: [HTTPExchangeRecord] { records.withLock { $0 } }
}
