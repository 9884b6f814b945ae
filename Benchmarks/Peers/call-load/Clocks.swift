public import Glibc

/// The CPU time a process has used: the kernel's own account of it, in nanoseconds.
public struct ProcessClock: Sendable {
    private let clock: clockid_t

    /// The clock of a process that runs.
    public init(of process: pid_t) {
        var clock = clockid_t()
        guard clock_getcpuclockid(process, &clock) == 0 else {
            fail("no process \(process)")
        }
        self.clock = clock
    }

    /// This process's.
    public init() { clock = CLOCK_PROCESS_CPUTIME_ID }

    /// What it has used so far.
    public var nanoseconds: UInt64 { read(clock) }
}

/// Nanoseconds of the monotonic clock, which all processes of a machine share.
public func monotonicNanoseconds() -> UInt64 { read(CLOCK_MONOTONIC) }

private func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
