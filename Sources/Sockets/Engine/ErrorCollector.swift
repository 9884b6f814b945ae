/// Who takes the errors out of a socket's error queue (IP_RECVERR).
protocol ErrorCollector: AnyObject, Sendable {
    /// Takes over what is in the queue, and returns how many those were.
    @discardableResult
    func collect(from descriptor: CInt) -> Int

    /// The socket is closed.
    func close()
}
