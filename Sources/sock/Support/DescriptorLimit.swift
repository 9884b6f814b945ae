internal import Glibc

/// How many descriptors the process may have: setrlimit(2), RLIMIT_NOFILE.
enum DescriptorLimit {
    /// Raises it to what the process is allowed.
    ///
    /// The soft limit is 1,024 on most systems for the sake of programs that use select(2), and
    /// everybody who is served is a descriptor.
    static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
