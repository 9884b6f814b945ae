import Glibc
import Sockets
import TLS

/// What was seen of a server.
struct TLSInspection: Sendable {
    /// A check that failed.
    struct Failing: Sendable {
        let check: String
        /// How far from the server's own certificate.
        let depth: Int
        let words: String
    }

    let endpoint: Endpoint
    let address: SocketAddress
    /// What the server's certificate must be for.
    let name: String
    let negotiated: TLSNegotiation
    let failures: [Failing]
    /// Nil where it could not be seen.
    let resumption: Bool?

    var isTrusted: Bool { failures.isEmpty }

    private var protocolName: String? { negotiated.applicationProtocol?.printable }

    // MARK: Words

    /// Lines for a person.
    var words: String {
        var lines = [
            "\(endpoint.host):\(endpoint.port) (\(address))",
            "\(negotiated.version), \(negotiated.cipher), ALPN \(protocolName ?? "none"), \(resumes)",
        ]
        for (index, certificate) in negotiated.peerCertificates.enumerated() {
            lines += Self.lines(certificate, index)
        }
        lines += failures.map { "not trusted: \($0.words)" }
        if isTrusted { lines.append("trusted for \(name)") }
        return lines.joined(separator: "\n")
    }

    private var resumes: String {
        switch resumption {
        case true?: "a session was resumed"
        case false?: "no session was resumed"
        case nil: "whether sessions are resumed was not seen"
        }
    }

    private static func lines(_ certificate: Certificate, _ index: Int) -> [String] {
        [
            "certificate \(index): \(certificate.subject)",
            "  issuer  \(certificate.issuer)",
            "  names   \(certificate.names.isEmpty ? "none" : certificate.names)",
            "  valid   \(certificate.notBefore) to \(certificate.notAfter)"
                + " (\(daysLeft(certificate).words))",
            "  key     \(certificate.publicKey)",
            "  sha256  \(certificate.fingerprint)",
        ]
    }

    private static func daysLeft(_ certificate: Certificate) -> DaysLeft {
        DaysLeft(until: certificate.notAfter, now: Int64(time(nil)))
    }

    // MARK: JSON

    /// One object.
    var json: JSONLine {
        var line: JSONLine = [
            "host": .text("\(endpoint.host)"), "port": .number(Int(endpoint.port)),
            "address": .text("\(address)"), "name": .text(name),
            "trusted": .flag(isTrusted), "version": .text("\(negotiated.version)"),
            "cipher": .text(negotiated.cipher),
        ]
        if let protocolName { line.append("alpn", .text(protocolName)) }
        if let resumption { line.append("resumed", .flag(resumption)) }
        line.append(
            "failures",
            .objects(
                failures.map {
                    [
                        "check": .text($0.check), "depth": .number($0.depth),
                        "reason": .text($0.words),
                    ]
                }
            )
        )
        line.append("certificates", .objects(negotiated.peerCertificates.map(Self.json)))
        return line
    }

    private static func json(_ certificate: Certificate) -> JSONLine {
        [
            "subject": .text(certificate.subject), "issuer": .text(certificate.issuer),
            "dns_names": .texts(certificate.dnsNames),
            "ip_addresses": .texts(certificate.ipAddresses.map { "\($0)" }),
            "not_before": .text("\(certificate.notBefore)"),
            "not_after": .text("\(certificate.notAfter)"),
            "days_left": .number(daysLeft(certificate).count),
            "key": .text(certificate.publicKey), "sha256": .text("\(certificate.fingerprint)"),
        ]
    }
}

/// The whole days until a certificate ends; negative once it has ended.
struct DaysLeft: Equatable {
    let count: Int

    private static let secondsPerDay: Int64 = 86_400

    init(until end: CertificateTime, now: Int64) {
        let (seconds, isOver) = end.secondsSinceEpoch.subtractingReportingOverflow(now)
        let bounded = isOver ? 0 : seconds
        // Rounded down: what ended an hour ago ended yesterday, not today.
        let days = bounded / Self.secondsPerDay
        count = Int(bounded < 0 && bounded % Self.secondsPerDay != 0 ? days - 1 : days)
    }

    var words: String {
        switch count {
        case ..<0: "ended \(-count) day\(count == -1 ? "" : "s") ago"
        case 1: "1 day left"
        default: "\(count) days left"
        }
    }
}
