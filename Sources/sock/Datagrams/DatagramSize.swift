/// How large datagrams are here.
enum DatagramSize {
    /// Bytes of the standard input, or of a command's output, that become one datagram.
    ///
    /// What UDP over IPv4 carries (RFC 768 in RFC 791): 65,535 less 20 of IP and 8 of UDP.
    static let sendLimit = 65_507

    /// Bytes of a datagram that are received: more than any of UDP.
    ///
    /// Only Unix datagrams can be larger; a conversation does not go on with a part of one.
    static let receiveLimit = 65_536
}
