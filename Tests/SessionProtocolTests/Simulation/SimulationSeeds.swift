import Glibc

/// Which worlds are tried.
enum SimulationSeeds {
    /// The seed that runs now, for the signal handler.
    ///
    /// One test writes it, and the handler reads it in the same thread.
    nonisolated(unsafe) static var current: UInt64 = 0

    /// A trap (an invariant that does not hold) ends the process: its seed is said before.
    static func sayCurrentSeedWhenTrapped() {
        for number in [SIGILL, SIGTRAP] {
            // Not quite what a handler may do, but the process is about to end.
            _ = signal(number) { number in
                let line = unsafe "SOCK_SIMULATION_SEED=\(SimulationSeeds.current)\n"
                _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
                _ = signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    static let stepCount = 300

    static var isSearching: Bool { value("SOCK_SIMULATION_SEED") == nil }

    static var seeds: [UInt64] {
        if let seed = value("SOCK_SIMULATION_SEED") { return [seed] }
        return (0..<(value("SOCK_SIMULATION_COUNT") ?? 80)).map { $0 }
    }

    /// Traps when the value is not a number: a wrong seed must not look like a repeated run.
    private static func value(_ name: String) -> UInt64? {
        guard let text = unsafe getenv(name) else { return nil }
        let words = unsafe String(cString: text)
        guard let value = UInt64(words) else { fatalError("\(name) is not a number: \(words)") }
        return value
    }
}
