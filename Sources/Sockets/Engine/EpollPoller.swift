internal import CLinux
internal import Glibc

/// The epoll backend: epoll_wait(2), edge-triggered, and one eventfd for waking.
@safe struct EpollPoller: Poller, ~Copyable {
    static let name = "epoll"

    /// Events fetched a call.
    ///
    /// Arbitrary: 256 amortises the call, and 3 KiB stay in cache.
    private static let batchLimit = 256

    private let epoll: Descriptor
    private let wakeUp: Descriptor
    /// Owned; freed in `deinit`.
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(SocketError) {
        // Locals first: a value that cannot be copied must be whole on every path out.
        let epoll = Descriptor(try Self.created(epoll_create1(CInt(EPOLL_CLOEXEC))))
        let wakeUp = Descriptor(
            try Self.created(eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
        )
        var event = unsafe epoll_event()
        // Edge-triggered: each write is an event of its own, so nobody has to read the count.
        unsafe event.events = clinux_epollin() | clinux_epoll_edge()
        unsafe event.data.ptr = nil
        _ = try Self.created(
            unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, wakeUp.number, &event)
        )
        self.init(epoll: epoll, wakeUp: wakeUp)
    }

    private init(epoll: consuming Descriptor, wakeUp: consuming Descriptor) {
        self.epoll = epoll
        self.wakeUp = wakeUp
        unsafe events = .allocate(capacity: Self.batchLimit)
    }

    private static func created(_ result: CInt) throws(SocketError) -> CInt {
        guard result < 0 else { return result }
        let error = errno
        throw SocketError(.init(errno: error), in: .createLoop, errno: error)
    }

    deinit { unsafe events.deallocate() }

    func add(_ descriptor: CInt, token: UnsafeMutableRawPointer, _ interest: Interest) -> CInt {
        unsafe control(EPOLL_CTL_ADD, descriptor, token, interest)
    }

    func change(_ descriptor: CInt, token: UnsafeMutableRawPointer, _ interest: Interest) {
        // Cannot fail: the descriptor is there, and nothing is allocated.
        _ = unsafe control(EPOLL_CTL_MOD, descriptor, token, interest)
    }

    private func control(
        _ operation: CInt,
        _ descriptor: CInt,
        _ token: UnsafeMutableRawPointer,
        _ interest: Interest
    ) -> CInt {
        var event = unsafe epoll_event()
        unsafe event.events =
            switch interest {
            case .both: clinux_epoll_interest()
            case .reading: clinux_epoll_interest() & ~clinux_epollout()
            case .hangUp: clinux_epollrdhup() | clinux_epoll_edge()
            }
        unsafe event.data.ptr = token
        return unsafe epoll_ctl(epoll.number, operation, descriptor, &event) == 0 ? 0 : errno
    }

    func remove(_ descriptor: CInt) {
        var event = unsafe epoll_event()  // kernels before 2.6.9 wanted one; it costs nothing
        _ = unsafe epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then a wake-up is pending anyway.
        _ = unsafe write(wakeUp.number, &one, MemoryLayout<UInt64>.size)
    }

    @inline(__always)
    func poll(
        timeout: Int64?,
        _ body: (UnsafeMutableRawPointer, Readiness) -> Void
    ) {
        let count = wait(timeout)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = unsafe events[index]
            guard let token = unsafe event.data.ptr else { continue }  // the eventfd
            unsafe body(token, Readiness(epoll: event.events))
        }
    }

    private func wait(_ timeout: Int64?) -> CInt {
        let limit = CInt(Self.batchLimit)
        guard let timeout, timeout > 0 else {
            return unsafe clinux_epoll_wait(epoll.number, events, limit, timeout == nil ? -1 : 0)
        }
        var remaining = timespec(
            tv_sec: Int(timeout / 1_000_000_000),
            tv_nsec: Int(timeout % 1_000_000_000)
        )
        let count = unsafe clinux_epoll_pwait2(epoll.number, events, limit, &remaining)
        guard count < 0, errno == ENOSYS else { return count }
        // Before Linux 5.11: milliseconds, rounded up so that a timer is never early.
        let milliseconds = CInt(clamping: (timeout + 999_999) / 1_000_000)
        return unsafe clinux_epoll_wait(epoll.number, events, limit, milliseconds)
    }
}

extension Readiness {
    @inline(__always)
    fileprivate init(epoll events: UInt32) {
        var readiness: Readiness = []
        if events & clinux_epollin() != 0 { readiness.insert(.readable) }
        if events & clinux_epollout() != 0 { readiness.insert(.writable) }
        if events & ~(clinux_epollin() | clinux_epollout()) != 0 {
            if events & clinux_epollrdhup() != 0 { readiness.insert(.readHangUp) }
            if events & clinux_epollhup() != 0 {
                readiness.insert([.readHangUp, .writeHangUp])
            }
            // An error by itself is an edge, not a state: the next call collects it.
            if events & clinux_epollerr() != 0 {
                readiness.insert([.readable, .writable, .error])
            }
            if events & clinux_epollpri() != 0 { readiness.insert([.readable, .urgent]) }
        }
        self = readiness
    }
}
