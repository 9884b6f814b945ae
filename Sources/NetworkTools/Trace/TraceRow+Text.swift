public import Sockets

extension TraceRow {
    /// The row as traceroute(8) prints it: ` 2  10.0.1.1  0.048 ms  0.031 ms *`.
    ///
    /// An address is printed where it differs from the one before; a mark behind a time says why
    /// nothing gets further.
    ///
    /// - Parameter name: The name of an address, if names are wanted and it has one.
    /// - Returns: The line, without its end.
    public func text(name: (IPAddress) -> String? = { _ in nil }) -> String {
        var text = hop < 10 ? " \(hop) " : "\(hop) "
        var last: IPAddress?
        for outcome in outcomes {
            switch outcome {
            case .waiting: text += "  ."
            case .lost: text += "  *"
            case .unsent: text += "  !"
            case .answered(let answer):
                if answer.address != last {
                    text += " \(answer.address)"
                    if let name = name(answer.address) { text += " (\(name))" }
                    last = answer.address
                }
                text += "  \(answer.time.millisecondsText) ms"
                if case .unreachable(let mark) = answer.kind { text += " \(mark.text)" }
            }
        }
        return text
    }

    /// Who answered, each once.
    public var addresses: [IPAddress] {
        var addresses: [IPAddress] = []
        for case .answered(let answer) in outcomes where !addresses.contains(answer.address) {
            addresses.append(answer.address)
        }
        return addresses
    }
}
