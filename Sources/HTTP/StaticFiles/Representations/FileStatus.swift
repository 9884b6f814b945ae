/// What the kernel says of a file, as plain values.
struct FileStatus: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case file
        case directory
        case symbolicLink
        /// A FIFO, a socket, a device.
        case other
    }

    struct Time: Comparable, Sendable {
        var seconds: Int
        var nanoseconds: UInt32

        static func < (left: Self, right: Self) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }

    var kind: Kind
    var device: UInt64 = 0
    var inode: UInt64
    /// In bytes.
    var size: Int
    /// The permission bits, without set-user-ID and its kin.
    var permissions: UInt32 = 0o644
    /// When its bytes were changed, or are said to have been: st_mtim.
    var modified: Time
    /// When anything of it was changed, by the kernel's own word: st_ctim.
    var changed: Time
}
