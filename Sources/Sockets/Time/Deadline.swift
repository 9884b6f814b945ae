/// A point in time by which an operation must have ended.
///
/// Deadlines are absolute, so that several operations in a row share one; they nest by taking the
/// earliest. Every waiting operation of this library observes ``current``, which ``withDeadline(_:_:)``
/// sets for a task and its children.
///
/// ```swift
/// let soon = Deadline.after(.seconds(5))
/// ```
public struct Deadline: Sendable, Hashable, Comparable {
    /// Nanoseconds of the monotonic clock; the end of the range means never.
    @usableFromInline package let nanoseconds: Int64

    @usableFromInline
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// No deadline.
    public static let never = Self(nanoseconds: .max)

    /// This moment.
    public static var now: Self { Self(nanoseconds: MonotonicTime.now) }

    /// The moment a duration from now; ``never`` when it is too far away to be counted.
    public static func after(_ duration: Duration) -> Self {
        let (sum, overflow) = MonotonicTime.now.addingReportingOverflow(
            duration.clampedNanoseconds
        )
        return overflow ? .never : Self(nanoseconds: sum)
    }

    /// The moment a duration later, or earlier if it is negative; ``never`` stays ``never``.
    public func advanced(by duration: Duration) -> Self {
        if nanoseconds == .max { return .never }
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        return overflow
            ? (duration < .zero ? Self(nanoseconds: .min) : .never)
            : Self(nanoseconds: sum)
    }

    /// The moment of an instant of the continuous clock.
    public static func at(_ instant: ContinuousClock.Instant) -> Self {
        .after(ContinuousClock.now.duration(to: instant))
    }

    /// The deadline of the current task: the earliest of the enclosing ``withDeadline(_:_:)`` calls.
    @inlinable public static var current: Self { Ambient.deadline.get() }

    /// Whether the moment is now or has been.
    public var hasPassed: Bool {
        nanoseconds != .max && nanoseconds <= MonotonicTime.now
    }

    /// What is left, at least zero; nil for ``never``.
    public var remaining: Duration? {
        nanoseconds == .max ? nil : .nanoseconds(max(0, nanoseconds - MonotonicTime.now))
    }

    /// Earlier is less.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Deadline {
    /// Runs `body` without the deadline that its task got from the one around it.
    package static func leftBehind<Result>(_ body: () async -> Result) async -> Result {
        if current == .never { return await body() }
        return await Ambient.deadline.withValue(.never) { await body() }
    }
}

// Not by the macro `@TaskLocal`, whose task-local cannot be used where code is inlined.
@usableFromInline enum Ambient {
    @usableFromInline static let deadline = TaskLocal<Deadline>(wrappedValue: .never)
}

/// Runs `body`; every socket operation in it that has not ended by the deadline fails with
/// ``SocketError/Code/deadlinePassed``.
///
/// The deadline reaches the operation that waits: no helper task is started, and a timer is armed
/// only when an operation has to suspend. Nested calls take the earliest deadline. The error of
/// `body` is thrown unchanged. The shape is that of the standard library's coming `withDeadline`.
///
/// ```swift
/// let count = try await withDeadline(.after(.seconds(2))) {
///     try await connection.receive(into: &buffer)
/// }
/// ```
@inlinable
public func withDeadline<Result, Failure: Error>(
    _ deadline: Deadline,
    _ body: () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    let outcome: Swift.Result<Result, Failure> = await Ambient.deadline.withValue(
        min(deadline, .current)
    ) {
        do throws(Failure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}
