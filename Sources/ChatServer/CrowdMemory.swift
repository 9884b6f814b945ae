internal import CLinux
internal import ChatCore

/// Gives memory back when a crowd has gone.
///
/// The allocator keeps what 10,000 members used, some 60 MiB, for the next 10,000: free(3) returns
/// only the end of its heap, where somebody always still is. malloc_trim(3) returns the holes too.
struct CrowdMemory: Sendable {
    /// Connections below which it does not matter: 1.5 MiB of members.
    private static let smallCrowd = 256

    /// How long after the crowd has gone.
    ///
    /// Arbitrary: the last of them hang up for half a second, and many who lost one network at once
    /// may be back by then.
    private static let delay = Duration.seconds(2)

    /// When it is to be done, while it is.
    private(set) var due: ChatInstant?
    /// The most connections since it was done.
    private var peak = 0

    /// Takes note of the number of connections: when half of them have gone, it is worth its
    /// milliseconds.
    mutating func note(_ count: Int, now: ChatInstant) {
        peak = max(peak, count)
        guard peak > Self.smallCrowd, count <= peak / 2 else { return }
        peak = count
        due = now.advanced(by: Self.delay)
    }

    /// Does what is due, on a thread where nobody waits for it.
    mutating func tick(now: ChatInstant) {
        guard let due, due <= now else { return }
        self.due = nil
        Task.detached { clinux_malloc_trim() }
    }
}
