internal import Files
internal import Glibc
internal import HTTP
internal import HTTPCodec
internal import Sockets
internal import TLS

/// What `sock serve` tells: where it serves, a line for each request, and on a terminal what is under
/// way.
final class ServeLog: Sendable {
    private let writer: StatusWriter
    private let transfers = Lock<TransferList>(TransferList())
    private let isJSON: Bool
    private let start = ContinuousClock.now

    init(isJSON: Bool) {
        self.isJSON = isJSON
        writer = StatusWriter(isPlain: isJSON)
    }

    /// Waits until everything told has been written.
    func finish() async { await writer.finish() }

    // MARK: The server

    func tellServing(_ folder: BytePath, _ server: HTTPServer, isWritable: Bool) {
        let address = ServedAddress(server.localAddress, isSecure: server.tls != nil)
        if isJSON {
            var line: JSONLine = ["event": .text("serving")]
            line.append("folder", folder)
            line.append("url", .text(address.url))
            line.append("endpoint", .text("\(Endpoint(server.localAddress))"))
            line.append("upload", .flag(isWritable))
            writer.tell(line.description)
        } else {
            let uploads = isWritable ? ", and storing what is put there" : ""
            writer.tell("serving \(folder.printable) on \(address)\(uploads)")
        }
        tellCertificate(of: server, isReloaded: false)
    }

    /// Tells whom clients will find; nothing without TLS.
    func tellCertificate(of server: HTTPServer, isReloaded: Bool) {
        guard let own = server.tls?.identities.first?.certificates.first else { return }
        if isJSON {
            let line: JSONLine = [
                "event": .text("certificate"), "reloaded": .flag(isReloaded),
                "subject": .text(own.subject), "names": .text(own.names),
                "not_after": .text("\(own.notAfter)"), "sha256": .text("\(own.fingerprint)"),
            ]
            return writer.tell(line.description)
        }
        let words = isReloaded ? "the certificate is now" : "the certificate is"
        writer.tell("\(words) for \(own.names.printable), until \(own.notAfter), sha256")
        writer.tell("  \(own.fingerprint)")
    }

    func tellNotReloaded(_ error: SocketError) {
        guard isJSON else { return writer.tell("sock: the certificate is not replaced: \(error)") }
        let line: JSONLine = ["event": .text("not_reloaded"), "reason": .text("\(error)")]
        writer.tell(line.description)
    }

    func tellStopping(_ limit: Duration) {
        if isJSON { return writer.tell(#"{"event":"stopping"}"#) }
        let seconds = limit.components.seconds
        writer.tell("stopping: requests have \(seconds) s to end; once more to stop at once")
    }

    // MARK: Requests

    func tell(_ exchange: HTTPExchangeRecord) {
        let line = ExchangeLine(exchange, nanoseconds: Self.now)
        writer.tell(isJSON ? line.json.description : line.words)
    }

    /// Watches what a request moves; nil where that is not shown.
    func begin(_ request: HTTPServerRequest, _ response: HTTPServerResponse) -> Int? {
        guard writer.showsStatus else { return nil }
        let name = "\(request.method.rawValue) \(request.target.printable)"
        let number = transfers.withLock { $0.begin(name) }
        let length: UInt64? = if case .length(let length) = request.framing { length } else { nil }
        request.onProgress = { [self] in moved(number, $0, of: length) }
        response.onProgress = { [self] in moved(number, $0, of: $1) }
        return number
    }

    func end(_ number: Int?) {
        guard let number else { return }
        let status = transfers.withLock { $0.end(number, at: start.nanosecondsSince) }
        if let status { writer.show(status) }
    }

    private func moved(_ number: Int, _ size: UInt64, of total: UInt64?) {
        let status = transfers.withLock { transfers in
            transfers.moved(
                number,
                Int(clamping: size),
                of: total.map { Int(clamping: $0) },
                at: start.nanosecondsSince
            )
        }
        if let status { writer.show(status) }
    }

    /// The time of day, in nanoseconds since 1970: clock_gettime(2).
    private static var now: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}
