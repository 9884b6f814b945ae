internal import Glibc

extension SocketError {
    /// Why an operation failed: an open set, so `switch` needs a default.
    ///
    /// The ``side`` of a code says who ended it: you, the world, the peer breaking a rule, or time.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Reason: Hashable {
            case closed, cancelled, deadlinePassed, idleLimit, busy
            case refused, reset, brokenPipe, aborted, timedOut
            case addressInUse, addressNotAvailable, networkUnreachable, hostUnreachable
            case permissionDenied, descriptorLimit, memoryLimit, messageTooLarge
            case invalidArgument, unsupported, notConnected
            case nameNotFound, resolutionFailed, noAddress
            case unexpectedEnd, limitExceeded, malformed, untrustedPeer, handshakeFailed
            case system
        }

        private let reason: Reason

        private init(_ reason: Reason) { self.reason = reason }

        /// Closed by this side, before or during the operation.
        public static let closed = Self(.closed)
        /// The task was cancelled.
        public static let cancelled = Self(.cancelled)
        /// The deadline passed.
        public static let deadlinePassed = Self(.deadlinePassed)
        /// Nothing moved for the connection's idle limit.
        public static let idleLimit = Self(.idleLimit)
        /// Another task is in this direction of the connection already.
        public static let busy = Self(.busy)
        /// Nobody listens there (ECONNREFUSED, or ENOENT for a Unix path).
        public static let refused = Self(.refused)
        /// The peer reset the connection (ECONNRESET).
        public static let reset = Self(.reset)
        /// The peer no longer receives, or this side has finished sending (EPIPE).
        public static let brokenPipe = Self(.brokenPipe)
        /// The connection was aborted by this side's kernel (ECONNABORTED).
        public static let aborted = Self(.aborted)
        /// The kernel gave the peer up (ETIMEDOUT).
        public static let timedOut = Self(.timedOut)
        /// The address is taken (EADDRINUSE).
        public static let addressInUse = Self(.addressInUse)
        /// The address is not of this machine (EADDRNOTAVAIL).
        public static let addressNotAvailable = Self(.addressNotAvailable)
        /// No route to the network (ENETUNREACH).
        public static let networkUnreachable = Self(.networkUnreachable)
        /// No route to the host (EHOSTUNREACH).
        public static let hostUnreachable = Self(.hostUnreachable)
        /// A privilege is missing (EACCES, EPERM).
        public static let permissionDenied = Self(.permissionDenied)
        /// The process or the system has no descriptor left, or the user too many on the way
        /// between processes (EMFILE, ENFILE, ETOOMANYREFS).
        public static let descriptorLimit = Self(.descriptorLimit)
        /// The kernel has no memory for it (ENOBUFS, ENOMEM).
        public static let memoryLimit = Self(.memoryLimit)
        /// The datagram is larger than its way takes (EMSGSIZE); the detail names the limit.
        public static let messageTooLarge = Self(.messageTooLarge)
        /// The kernel rejected an argument (EINVAL and its kin).
        public static let invalidArgument = Self(.invalidArgument)
        /// The kernel or this library cannot do it.
        public static let unsupported = Self(.unsupported)
        /// The socket is not connected (ENOTCONN).
        public static let notConnected = Self(.notConnected)
        /// The name does not exist.
        public static let nameNotFound = Self(.nameNotFound)
        /// The name could not be looked up now.
        public static let resolutionFailed = Self(.resolutionFailed)
        /// The name has no address of the wanted kind.
        public static let noAddress = Self(.noAddress)
        /// The peer finished before everything asked for had come.
        public static let unexpectedEnd = Self(.unexpectedEnd)
        /// The peer sent more than a limit allows.
        public static let limitExceeded = Self(.limitExceeded)
        /// The peer sent something that is not what the protocol says.
        public static let malformed = Self(.malformed)
        /// The peer did not prove who it is; the detail says which check failed for which name.
        public static let untrustedPeer = Self(.untrustedPeer)
        /// The two sides did not agree on how to talk; the detail says what the peer answered.
        public static let handshakeFailed = Self(.handshakeFailed)
        /// Another error of the kernel; see ``SocketError/errno``.
        public static let system = Self(.system)

        /// Who ended an operation.
        public enum Side: Sendable, Hashable {
            /// This side: closed, cancelled, or used wrongly.
            case local
            /// The world: the network, the machine, a peer that went away.
            case world
            /// The peer, by breaking a rule.
            case remote
            /// Time.
            case time
        }

        /// Who ended it.
        public var side: Side {
            switch reason {
            case .closed, .cancelled, .busy, .invalidArgument, .unsupported, .messageTooLarge:
                .local
            case .deadlinePassed, .idleLimit: .time
            case .limitExceeded, .malformed, .unexpectedEnd, .untrustedPeer, .handshakeFailed:
                .remote
            default: .world
            }
        }

        /// A few words.
        public var description: String {
            switch reason {
            case .closed: "closed by this side"
            case .cancelled: "cancelled"
            case .deadlinePassed: "deadline passed"
            case .idleLimit: "idle for too long"
            case .busy: "busy: another task is in the same direction"
            case .refused: "connection refused"
            case .reset: "connection reset by peer"
            case .brokenPipe: "broken pipe"
            case .aborted: "connection aborted"
            case .timedOut: "connection timed out"
            case .addressInUse: "address already in use"
            case .addressNotAvailable: "address not available"
            case .networkUnreachable: "network unreachable"
            case .hostUnreachable: "host unreachable"
            case .permissionDenied: "permission denied"
            case .descriptorLimit: "no descriptors left"
            case .memoryLimit: "no memory for sockets left"
            case .messageTooLarge: "message too large"
            case .invalidArgument: "invalid argument"
            case .unsupported: "not supported"
            case .notConnected: "not connected"
            case .nameNotFound: "name not found"
            case .resolutionFailed: "name resolution failed"
            case .noAddress: "no address"
            case .unexpectedEnd: "unexpected end of stream"
            case .limitExceeded: "limit exceeded"
            case .malformed: "malformed input"
            case .untrustedPeer: "untrusted peer"
            case .handshakeFailed: "handshake failed"
            case .system: "system error"
            }
        }

        /// The code of a kernel's errno.
        init(errno: CInt) {
            reason =
                switch errno {
                case ECONNREFUSED, ENOENT: .refused
                case ECONNRESET: .reset
                case EPIPE, ESHUTDOWN: .brokenPipe
                case ECONNABORTED: .aborted
                case ETIMEDOUT: .timedOut
                case EADDRINUSE: .addressInUse
                case EADDRNOTAVAIL: .addressNotAvailable
                case ENETUNREACH, ENETDOWN: .networkUnreachable
                case EHOSTUNREACH, EHOSTDOWN: .hostUnreachable
                case EACCES, EPERM: .permissionDenied
                case EMFILE, ENFILE, ETOOMANYREFS: .descriptorLimit
                case ENOBUFS, ENOMEM: .memoryLimit
                case EMSGSIZE: .messageTooLarge
                case EINVAL, EDESTADDRREQ, EISCONN, ENAMETOOLONG, ENOTDIR, EPROTOTYPE, EBADF,
                    ENOTSOCK:
                    .invalidArgument
                case EOPNOTSUPP, ENOPROTOOPT, EAFNOSUPPORT, EPROTONOSUPPORT, ENOSYS: .unsupported
                case ENOTCONN: .notConnected
                default: .system
                }
        }
    }
}
