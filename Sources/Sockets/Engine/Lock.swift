#if SOCKETS_THREAD_SANITIZER
internal import Glibc
#else
public import Synchronization
#endif

/// A mutual exclusion lock around the state it guards.
///
/// `Synchronization.Mutex` in every build but the one for ThreadSanitizer, which cannot see into a
/// futex made by hand and would report every use of it; there it is a `pthread_mutex_t`.
///
/// Inlinable: without it every use in another module would be a generic one, at several times the
/// price of the lock.
@safe @usableFromInline
package struct Lock<State>: ~Copyable {
    #if SOCKETS_THREAD_SANITIZER
    // Both live at a stable address for the life of the lock, and `state` is touched only between
    // lock and unlock.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let state: UnsafeMutablePointer<State>

    package init(_ initial: consuming sending State) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        _ = unsafe pthread_mutex_init(mutex, nil)
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: initial)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    package borrowing func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try unsafe body(&state.pointee)
    }
    #else
    @usableFromInline package let mutex: Mutex<Guarded>

    /// Says that the state may change threads: only one is ever inside. (Not private: the compiler
    /// then emits metadata that does not link in a debug build; the same goes for `State`.)
    @usableFromInline
    package struct Guarded: @unchecked Sendable {
        @usableFromInline package var state: State
    }

    package init(_ initial: consuming sending State) { mutex = Mutex(Guarded(state: initial)) }

    @inlinable
    package borrowing func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = mutex.withLock { guarded in
            do throws(Failure) {
                // Results are made for the caller, on whose thread this runs.
                nonisolated(unsafe) let result = try body(&guarded.state)
                return unsafe .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
    #endif
}

// The mutex inside is what makes sharing right.
extension Lock: @unchecked Sendable {}
