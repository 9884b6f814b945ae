extension MessageSocket {
    /// Puts a filter before the receive queue: SO_ATTACH_FILTER.
    func attach(_ filter: BPFProgram) throws(SocketError) {
        let error = try withDescriptor(.setOption) { number throws(SocketError) in
            System.attachFilter(number, filter)
        }
        guard error != 0 else { return }
        throw failure(
            .init(errno: error),
            .setOption,
            errno: error,
            transferred: 0,
            detail: "SO_ATTACH_FILTER"
        )
    }
}

extension RawSocket {
    /// Lets only some packets in, in place of those an earlier filter let in: SO_ATTACH_FILTER.
    ///
    /// An IPv4 socket shows its filter what ``CaptureLayout/rawIP`` is, an IPv6 one the bytes after
    /// the IP header. What waits to be received already stays.
    ///
    /// ```swift
    /// try socket.attach(CaptureFilter("src 10.0.0.1").program(for: .rawIP))
    /// ```
    public func attach(_ filter: BPFProgram) throws(SocketError) { try core.attach(filter) }
}

extension IPProtocol {
    /// Any: a ``RawSocket`` that only sends, with headers of its own (IPPROTO_RAW, raw(7)), 255.
    public static let raw = IPProtocol(rawValue: 255)
}
