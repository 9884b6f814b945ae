internal import HTTP
internal import HTTPCodec
internal import Sockets

/// One line of the request log.
///
/// `12:03:04 127.0.0.1:40312 GET /a%20b 200 5242880 bytes in 0.012 s`
struct ExchangeLine {
    private let exchange: HTTPExchangeRecord
    private let nanoseconds: UInt64

    /// - Parameters:
    ///   - exchange: What happened.
    ///   - nanoseconds: When, since 1970.
    init(_ exchange: HTTPExchangeRecord, nanoseconds: UInt64) {
        self.exchange = exchange
        self.nanoseconds = nanoseconds
    }

    /// For a person; whatever the client sent cannot command a terminal or begin a line.
    var words: String {
        var clock = ClockText()
        let time = clock.text(nanoseconds).prefix(8)
        var text = "\(time) \(exchange.peerAddress.map { "\($0)" } ?? "-") "
        if let request = exchange.request {
            text += "\(request.method.rawValue) \((request.path ?? "-").printable) "
        } else {
            text += "- - "
        }
        text += exchange.status.map { "\($0.code)" } ?? "-"
        text += " \(exchange.bodySize) bytes in \(Seconds(exchange.duration))"
        if let reason { text += "; \(reason.printable)" }
        return text
    }

    /// For a program.
    var json: JSONLine {
        var line: JSONLine = [
            "event": .text("exchange"), "time_ns": .number(Int(clamping: nanoseconds)),
            "peer": .text(exchange.peerAddress.map { "\(Endpoint($0))" } ?? ""),
        ]
        if let request = exchange.request {
            line.append("method", .text(request.method.rawValue))
            line.append("target", .text(request.path ?? ""))
        }
        if let status = exchange.status { line.append("status", .number(status.code)) }
        line.append("size", .number(Int(clamping: exchange.bodySize)))
        line.append("duration_ns", .number(Int(exchange.duration / .nanoseconds(1))))
        line.append("reason", .text(reason ?? ""))
        return line
    }

    private var reason: String? { exchange.failure.map { "\($0)" } }
}
