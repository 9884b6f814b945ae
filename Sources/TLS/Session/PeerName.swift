internal import COpenSSL
internal import Sockets

/// Whom a client connects to: what its certificate must be for.
enum PeerName {
    case host(String)
    case address(IPAddress)

    /// A name as people write it: a host, with or without a dot at the end, or an IP address.
    ///
    /// A certificate may also be for all names below one: `*.example.org`.
    init(_ text: String, mayBeWildcard: Bool = false) throws(TLSFault) {
        if let address = try? IPAddress(text) {
            self = .address(address)
            return
        }
        let name = text.hasSuffix(".") ? String(text.dropLast()) : text
        // What RFC 1035 §2.3.4 allows in length. A NUL would end the name for OpenSSL and not for us.
        let labels = mayBeWildcard && name.hasPrefix("*.") ? name.dropFirst(2) : name[...]
        // OpenSSL takes `.example.org` for every name below it, so no part is empty.
        guard (1...253).contains(labels.utf8.count), labels.utf8.allSatisfy(Self.isOfName),
            !labels.hasPrefix("."), !labels.hasSuffix("."), !labels.contains("..")
        else {
            throw TLSFault(
                .invalidArgument,
                "“\(text)” is no host name (other alphabets are written as xn--…)"
            )
        }
        self = .host(name)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// How a certificate's names are compared (RFC 9525 §6): by its subject alternative names alone,
    /// since nobody checks that a common name is a host's; `*.example.org` is for a whole label, and
    /// `f*.example.org` for none.
    static let checkFlags = CUnsignedInt(
        X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
    )

    /// The name or address, without a zone.
    var text: String {
        switch self {
        case .host(let name): name
        case .address(let address): address.withoutZone.description
        }
    }
}
