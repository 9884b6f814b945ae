import Glibc

/// The hex dumps of all connections on the standard output, line by line.
final class HexScreen: Sendable {
    let output = Output(STDOUT_FILENO)

    /// The two dumps of one connection.
    ///
    /// - Parameters:
    ///   - label: What the lines begin with, where there are several connections.
    ///   - isDatagram: Whether each piece is a datagram.
    /// - Returns: Dumps that begin at offset zero.
    func dumps(label: String, isDatagram: Bool) -> HexDumps {
        let isColoured = Terminal.wantsColour(STDOUT_FILENO)
        return HexDumps(
            output,
            HexDump(.received, label: label, isDatagram: isDatagram, isColoured: isColoured),
            HexDump(.sent, label: label, isDatagram: isDatagram, isColoured: isColoured)
        )
    }
}
