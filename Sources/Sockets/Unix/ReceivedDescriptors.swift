/// Descriptors that came over a Unix socket: owned, in the order they were sent, closed when they
/// go.
///
/// Empty at first; ``StreamConnection/receive(into:descriptors:)-(MutableRawSpan,_)`` adds to it.
///
/// ```swift
/// var descriptors = ReceivedDescriptors(limit: 4)
/// var buffer = ByteBuffer()
/// while try await control.receive(into: &buffer, descriptors: &descriptors) > 0 {
///     buffer.clear()
///     while let descriptor = descriptors.popFirst() {
///         let connection = try StreamConnection.adopt(descriptor)
///         try await connection.send("hello from another process\n")
///     }
/// }
/// ```
public struct ReceivedDescriptors: ~Copyable, Sendable {
    /// The most descriptors it holds.
    ///
    /// A message with more than there is room for is an error of the peer
    /// (``SocketError/Code/limitExceeded``), and all of its descriptors are closed.
    public let limit: Int

    private var numbers: [CInt] = []

    /// A place for descriptors.
    ///
    /// - Parameter limit: How many it holds: each is one of the process's own, which a peer could
    ///   otherwise use up. One message carries at most ``sendLimit``.
    public init(limit: Int) {
        precondition(limit > 0, "a place for no descriptors")
        self.limit = limit
    }

    deinit { Self.close(numbers[...]) }

    /// The most descriptors one message carries: the kernel's SCM_MAX_FD.
    public static let sendLimit = 253

    /// How many are there.
    public var count: Int { numbers.count }

    /// Whether none is there.
    public var isEmpty: Bool { numbers.isEmpty }

    /// Takes the first one out; nil when none is there.
    public mutating func popFirst() -> Descriptor? {
        numbers.isEmpty ? nil : Descriptor(numbers.removeFirst())
    }

    // MARK: For receiving

    /// What a message brought.
    enum Arrival {
        case complete
        /// This many came, and were closed because there was no room for them.
        case overLimit(Int)
        /// The kernel could not give this process all of them; the others were closed.
        case incomplete
    }

    /// Takes ownership of what a message brought, all or nothing.
    mutating func append(_ arrived: UnsafeBufferPointer<CInt>, isComplete: Bool) -> Arrival {
        if arrived.count <= limit - count, isComplete {
            unsafe numbers.append(contentsOf: arrived)
            return .complete
        }
        unsafe Self.close(Array(arrived)[...])
        return arrived.count > limit - count ? .overLimit(arrived.count) : .incomplete
    }

    private static func close(_ numbers: ArraySlice<CInt>) {
        for number in numbers { _ = Descriptor(number) }
    }
}
