/// placeholder
final class ConnectionAccounting: Sendable {
    func opened() {}
    func closed(received: Int, sent: Int) {}
}
