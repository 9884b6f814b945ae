/// The words before a value: `tcp src port`.
struct FilterQualifiers {
    /// The first word, where there is one.
    var scope: Scope?

    /// `src`, `dst`, or both joined.
    var direction = FilterDirection.either

    /// What the value is.
    var kind = Kind.host

    /// The first words that take others after them.
    enum Scope: String {
        case ether, ip, ip6, arp, rarp, tcp, udp, sctp
    }

    /// The words directly before a value.
    enum Kind: String {
        case host, net, port, portrange, proto
    }
}
