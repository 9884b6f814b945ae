import Sockets

/// Who does something slow with packets, on a thread of its own.
protocol PacketConsumer: Sendable {
    mutating func begin() throws(Failure)

    /// Takes packets, and is told how many were lost before them because it was too slow.
    mutating func take(_ chunk: PacketChunk, lostCount: Int) throws(Failure)

    /// Nothing more comes; `ending` is what the whole capture had.
    mutating func end(_ ending: CaptureEnding, lostCount: Int) throws(Failure)
}

/// What is known at the end of a capture.
struct CaptureEnding: Sendable {
    /// Nanoseconds since 1970.
    let time: UInt64
    /// Packets that the kernel dropped because they were not taken in time.
    let droppedCount: Int
}
