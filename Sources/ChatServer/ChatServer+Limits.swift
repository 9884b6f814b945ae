extension ChatServer {
    /// What bounds the connections of a server, and why there.
    ///
    /// What bounds the chat itself is in `ChatLimits`.
    public struct Limits: Hashable, Sendable {
        /// Connections at a time on one listener; further ones wait in the kernel's backlog.
        ///
        /// Arbitrary, as many as `ChatLimits` has members: the descriptors of the process are the
        /// limit that is met first, and meeting it is survived too.
        public var connectionLimit = 100_000

        /// Bytes that wait for one member, beyond what its kernel buffer holds.
        ///
        /// A history of 50 lines all escaped takes 256 KiB at worst; four of them fit. The lines
        /// of a room are shared by all who wait for them, so a thousand slow readers of one room
        /// cost little more than one.
        public var queueSizeLimit = 1 << 20

        /// Lines that wait for one member: a busy room's minute.
        ///
        /// Arbitrary.
        public var queueLineLimit = 4_096

        /// What SO_SNDBUF is asked to be; the kernel doubles it.
        ///
        /// Zero leaves it to the kernel.
        ///
        /// Left alone, the kernel grows it to 4 MiB for one who does not read: a chat needs no
        /// window that wide, and 10,000 of them would be all of a machine's memory.
        public var sendBufferSize = 65_536

        /// How long a connection may take to give a name: somebody who thinks it over has time.
        public var nameTimeLimit = Duration.seconds(60)

        /// How long a connection that is to end may take to read what it was sent.
        ///
        /// Arbitrary: three retransmissions of a lost segment fit.
        public var closeTimeLimit = Duration.seconds(2)

        /// How long a connection that was sent everything may then take to hang up.
        ///
        /// Arbitrary: longer than nearly every round trip.
        public var hangUpTimeLimit = Duration.milliseconds(500)

        /// How long stopping may take for those who have not read everything yet.
        ///
        /// Arbitrary.
        public var drainTimeLimit = Duration.seconds(5)

        /// The defaults, each explained at its property.
        public init() {}

        func check() {
            precondition(connectionLimit > 0 && sendBufferSize >= 0)
            precondition(queueSizeLimit > 0 && queueLineLimit > 0)
            precondition(nameTimeLimit > .zero && closeTimeLimit > .zero)
            precondition(hangUpTimeLimit > .zero && drainTimeLimit >= .zero)
        }
    }
}
