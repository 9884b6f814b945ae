import Glibc
import NetworkTools
import Sockets

/// What `sock trace` prints: a live table on a terminal, lines in a pipe, or JSON.
final class TraceReporter: Sendable {
    private let target: ProbeTarget
    private let configuration: TraceConfiguration
    private let isJSON: Bool
    private let isLive: Bool
    private let names: HostNames?
    private let state = Lock(TraceScreen())

    init(
        target: ProbeTarget,
        configuration: TraceConfiguration,
        isJSON: Bool,
        wantsNames: Bool
    ) {
        self.target = target
        self.configuration = configuration
        self.isJSON = isJSON
        isLive = !isJSON && Terminal.isTerminal(STDOUT_FILENO)
        names = wantsNames ? HostNames() : nil
    }

    func begin() {
        guard !isJSON else { return }
        let probes =
            switch configuration.method {
            case .udp: "UDP probes to ports from \(configuration.port)"
            case .icmp: "ICMP echo requests"
            case .tcp: "TCP probes to port \(configuration.port)"
            }
        Printer.print("trace to \(target.label), \(configuration.maxHops) hops at most, \(probes)")
    }

    /// Shows how far it is.
    func show(_ table: TraceTable) {
        if let names { for row in table.rows { names.lookUp(row.addresses) } }
        if isLive {
            draw(table, isLast: false)
        } else if names == nil {
            printSettled(table.settledRows)
        }
    }

    /// Waits for the names that are being looked up, for a while.
    func finishNames() async { await names?.finish() }

    /// Shows the result.
    func end(_ table: TraceTable, _ pathMTU: PathMTU?) {
        if isLive { draw(table, isLast: true) } else { printSettled(table.rows) }
        if isJSON {
            Printer.print(TraceText.json(reached: table.hasReached, pathMTU).description)
        } else if let pathMTU {
            Printer.print(TraceText.words(pathMTU))
        }
    }

    private func draw(_ table: TraceTable, isLast: Bool) {
        let lines = table.rows.map { $0.text(name: name) }
        let size = Terminal.size(STDOUT_FILENO)
        let text = state.withLock { state in
            state.live.draw(lines, columns: size.columns, rows: isLast ? nil : size.rows)
        }
        if !text.isEmpty { Printer.write(text) }
    }

    private func printSettled(_ rows: [TraceRow]) {
        let count = state.withLock { state in
            defer { state.printedCount = max(state.printedCount, rows.count) }
            return state.printedCount
        }
        for row in rows.dropFirst(count) {
            if isJSON {
                for line in TraceText.json(row, name: name) { Printer.print(line.description) }
            } else {
                Printer.print(row.text(name: name))
            }
        }
    }

    private func name(_ address: IPAddress) -> String? { names?.name(of: address) }
}

/// What is on the screen, or printed already.
struct TraceScreen {
    var live = LiveTable()
    var printedCount = 0
}
