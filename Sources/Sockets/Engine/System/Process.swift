internal import CLinux
internal import Glibc

extension System {
    /// Blocks the thread: nanosleep(2).
    static func sleepThread(_ duration: Duration) {
        let nanoseconds = max(0, duration.clampedNanoseconds)
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        var rest = timespec()
        while unsafe nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
    }

    /// A variable of the environment.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
