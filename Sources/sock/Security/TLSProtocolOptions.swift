import ArgumentParser

/// What both sides of TLS agree on for what is spoken inside.
struct TLSProtocolOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Offer this protocol by ALPN, or as a server speak it; several, the preferred one first.",
            valueName: "protocol"
        )
    )
    var alpn: [String] = []

    /// What is longest in ALPN (RFC 7301 §3.1).
    private static let sizeLimit = 255

    func validate() throws {
        for name in alpn where !(1...Self.sizeLimit).contains(name.utf8.count) {
            throw ValidationError("a protocol of --alpn has 1 to \(Self.sizeLimit) bytes")
        }
    }

    /// What is offered: for a WebSocket HTTP/1.1, which is the only one that can become one here.
    func protocols(isWebSocket: Bool) -> [String] {
        alpn.isEmpty && isWebSocket ? ["http/1.1"] : alpn
    }
}
