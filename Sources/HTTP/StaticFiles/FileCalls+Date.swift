internal import Files

extension FileCalls {
    /// The wall clock, to the second, as the kernel stamps files with it.
    static func now() -> HTTPDate { HTTPDate(secondsSinceEpoch: secondsSinceEpoch) }
}
