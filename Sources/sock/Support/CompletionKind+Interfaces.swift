import ArgumentParser

extension CompletionKind {
    /// The network interfaces there are, and `any`.
    static var networkInterface: CompletionKind { .shellCommand("ls /sys/class/net; echo any") }
}
