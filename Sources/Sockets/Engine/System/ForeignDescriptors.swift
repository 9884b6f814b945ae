internal import CLinux
internal import Glibc

/// System calls on descriptors that are not ours: standard input and output, a child's pipes. Their
/// open file description is shared with other processes, so O_NONBLOCK is never set on them.
extension System {
    /// What a descriptor is, for the ways there are to move bytes in and out of it.
    enum DescriptorKind {
        /// Waits like a socket, and splice(2) never blocks on it when told not to.
        case pipe
        /// A regular file: always "ready".
        case file
        /// A device that is not a terminal.
        case device
        /// A terminal, a socket, a directory: nothing to splice with, or not without blocking.
        case other
    }

    static func kind(of fd: CInt) -> DescriptorKind {
        var status = stat()
        guard unsafe fstat(fd, &status) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: return .pipe
        case S_IFREG: return .file
        case S_IFCHR: return isatty(fd) == 1 ? .other : .device
        default: return .other
        }
    }

    /// A second number for the same open file, close-on-exec.
    static func duplicate(_ fd: CInt) -> Int {
        retrying { Int(fcntl(fd, F_DUPFD_CLOEXEC, 0)) }
    }

    /// Whether a descriptor is ready now: poll(2) without waiting.
    ///
    /// Errors and hang-ups count as ready, because the next call tells them.
    static func isReady(_ fd: CInt, for direction: Direction) -> Bool {
        let events = direction == .reading ? POLLIN : POLLOUT
        var entry = pollfd(fd: fd, events: Int16(events), revents: 0)
        return retrying { unsafe Int(poll(&entry, 1, 0)) } != 0
    }

    /// Whether nothing can come or go any more (POLLHUP).
    static func hasHungUp(_ fd: CInt) -> Bool {
        var entry = pollfd(fd: fd, events: 0, revents: 0)
        _ = retrying { unsafe Int(poll(&entry, 1, 0)) }
        return CInt(entry.revents) & CInt(POLLHUP) != 0
    }

    /// splice(2) that never waits for a pipe.
    static func splice(from input: CInt, to output: CInt, _ size: Int) -> Int {
        withoutBrokenPipeSignal {
            retrying { clinux_splice(input, output, size, clinux_splice_flags()) }
        }
    }

    static func read(_ fd: CInt, _ memory: UnsafeMutableRawPointer, _ size: Int) -> Int {
        retrying { unsafe Glibc.read(fd, memory, size) }
    }

    static func write(_ fd: CInt, _ memory: UnsafeRawPointer, _ size: Int) -> Int {
        withoutBrokenPipeSignal { retrying { unsafe Glibc.write(fd, memory, size) } }
    }

    /// Asks the kernel for a larger pipe (F_SETPIPE_SZ).
    ///
    /// A wish: unprivileged users have a limit.
    static func enlargePipe(_ fd: CInt, to size: CInt) {
        let setPipeSize: CInt = 1031  // F_SETPIPE_SZ, GNU-only
        _ = fcntl(fd, setPipeSize, size)
    }
}
