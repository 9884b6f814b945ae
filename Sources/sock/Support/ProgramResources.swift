internal import CProgram
import Glibc
internal import Sockets

/// What every command needs of the system before it begins, seen to while a lack of it can still be said.
///
/// Later there would be nobody to tell: the language's own threads end the process by a trap where they
/// find no descriptor or no memory.
enum ProgramResources {
    /// Descriptors besides those of the event loops: what the language's runtime opens for its own threads
    /// (an epoll, an eventfd, three timerfds: 5), a connection, a listener, and one for a moment.
    private static let descriptorCount = 8

    /// Threads besides those of the event loops and as many of the runtime's: resolvers, those that
    /// write and read the standard descriptors, and what watches.
    ///
    /// A little more than any command has.
    private static let threadCount = 12

    /// Address space for what they allocate, in bytes.
    ///
    /// Arbitrary: many times what an idle command uses.
    private static let heapSize = 64 << 20

    /// Starts the event loops, and makes sure of the rest.
    ///
    /// - Throws: A failure that says what is missing.
    static func secure() throws {
        try secureAddressSpace()
        try EventLoopGroup.startShared()
        try secureDescriptors()
    }

    /// Takes as many as will be needed, and gives them back.
    private static func secureDescriptors() throws(Failure) {
        var taken: [CInt] = []
        defer { for descriptor in taken { close(descriptor) } }
        while taken.count < descriptorCount {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else {
                let missing = descriptorCount - taken.count
                throw Failure(
                    .failed,
                    "too few descriptors (ulimit -n): at least \(missing) more are needed"
                )
            }
            taken.append(descriptor)
        }
    }

    /// Takes it, untouched, and gives it back; where it has a limit (RLIMIT_AS).
    private static func secureAddressSpace() throws(Failure) {
        guard limit(of: RLIMIT_AS) != nil else { return }
        // Each thread would take 64 MiB for an arena of its own (mallopt(3), M_ARENA_MAX).
        cprogram_limit_arenas(1)
        // Without a limit of the stack's size, glibc's threads have 2 MiB.
        let stackSize = limit(of: RLIMIT_STACK) ?? 2 << 20
        let threadCount = threadCount + 2 * sysconf(CInt(_SC_NPROCESSORS_ONLN))
        let (size, isTooLarge) = stackSize.multipliedReportingOverflow(by: threadCount)
        let addressSpaceSize = isTooLarge ? Int.max / 2 : min(size, Int.max / 2) + heapSize
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let memory = unsafe mmap(nil, addressSpaceSize, PROT_NONE, flags, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw Failure(
                .failed,
                "too little memory (ulimit -v): at least \(addressSpaceSize >> 20) MiB more are needed"
            )
        }
        unsafe munmap(memory, addressSpaceSize)
    }

    /// A limit that there is; getrlimit(2).
    private static func limit(of resource: __rlimit_resource) -> Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
            return nil
        }
        return limit.rlim_cur == .max ? nil : Int(clamping: limit.rlim_cur)
    }
}
