public import Sockets

/// Descriptors or registrations that were there after a piece of code and not before it.
public struct LeakFound: Error, Sendable, CustomStringConvertible {
    /// The descriptors that are still open.
    public let descriptors: [OpenDescriptor]

    /// Loops that look after more sockets than before: the loop's name and how many more.
    public let registrations: [(loop: String, count: Int)]

    /// What was left behind, a line each.
    public var description: String {
        let lines =
            descriptors.map { "open descriptor \($0)" }
            + registrations.map { "\($0.count) sockets still registered with \($0.loop)" }
        return "left behind:\n" + lines.joined(separator: "\n")
    }
}

/// Runs a piece of code and checks that it leaves no descriptor open and no socket registered.
///
/// Descriptors belong to the whole process, so nothing else may open any meanwhile: in Swift
/// Testing, run it inside `#expect(processExitsWith: .success)`, which is a process of its own.
///
/// ```swift
/// try await withLeakCheck {
///     try await StreamConnection.connect(to: "localhost:12345") { _ in }
/// }
/// ```
///
/// - Parameters:
///   - group: the loops whose registrations are compared; made before the count begins.
///   - settlingLimit: how long what is closed on another thread may take.
///   - body: the code. Its error is thrown unchanged.
/// - Returns: what the code returns.
/// - Throws: ``LeakFound``, which names what was left behind.
public func withLeakCheck<Result>(
    loops group: EventLoopGroup = .shared,
    settlingLimit: Duration = .seconds(5),
    _ body: () async throws -> Result
) async throws -> Result {
    try await openLazyDescriptors()
    let before = ResourceCount(group)
    let result = try await body()
    let end = ContinuousClock.now + settlingLimit
    while let leak = ResourceCount(group).surplus(over: before) {
        if ContinuousClock.now >= end { throw leak }
        try await Task.sleep(for: settlingInterval)
    }
    return result
}

/// What the runtime's sleep opens, one a clock, whenever it first needs one, and keeps for ever.
///
/// This library opens none, so they are not counted.
private let runtimeTimer = "anon_inode:[timerfd]"

/// Lets the runtime open the rest of what it keeps for ever, such as its event poll.
private func openLazyDescriptors() async throws {
    // A sleep that is over before it begins opens nothing: until a timer is there, or, on a runtime
    // without them, for 100 ms.
    for _ in 0..<20 where !OpenDescriptor.all.contains(where: { $0.target == runtimeTimer }) {
        try await Task.sleep(for: settlingInterval)
    }
}

/// How often it is looked whether everything is closed.
///
/// Arbitrary.
private let settlingInterval = Duration.milliseconds(5)

/// What is open and registered at a moment.
private struct ResourceCount {
    let descriptors: [OpenDescriptor]
    let registered: [(loop: String, count: Int)]

    init(_ group: EventLoopGroup) {
        registered = group.loops.map { ($0.name, $0.statistics().registeredSockets) }
        descriptors = OpenDescriptor.all.filter { $0.target != runtimeTimer }
    }

    /// What is there now and was not before; nil if nothing is.
    func surplus(over before: ResourceCount) -> LeakFound? {
        // By target, not by number: numbers are reused, a socket's inode is not. Targets that
        // several descriptors share, like event polls, are counted.
        var known: [String: Int] = [:]
        for descriptor in before.descriptors { known[descriptor.target, default: 0] += 1 }
        let leaked = descriptors.filter { descriptor in
            known[descriptor.target, default: 0] -= 1
            return known[descriptor.target, default: 0] < 0
        }
        let more = zip(registered, before.registered).map { now, then in
            (loop: now.loop, count: now.count - then.count)
        }.filter { $0.count > 0 }
        return leaked.isEmpty && more.isEmpty
            ? nil : LeakFound(descriptors: leaked, registrations: more)
    }
}
