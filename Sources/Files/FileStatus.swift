/// What the kernel says of a file, as plain values.
package struct FileStatus: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case file
        case directory
        case symbolicLink
        /// A FIFO, a socket, a device.
        case other
    }

    package struct Time: Comparable, Sendable {
        package var seconds: Int
        package var nanoseconds: UInt32

        package init(seconds: Int, nanoseconds: UInt32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }

    package var kind: Kind
    package var device: UInt64 = 0
    package var inode: UInt64
    /// In bytes.
    package var size: Int
    /// The permission bits, without set-user-ID and its kin.
    package var permissions: UInt32 = 0o644
    package var owner: UInt32 = 0
    package var group: UInt32 = 0
    /// When its bytes were changed, or are said to have been: st_mtim.
    package var modified: Time
    /// When anything of it was changed, by the kernel's own word: st_ctim.
    package var changed: Time

    /// Whether both are of one file, by whatever names.
    package func isSameFile(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device
    }

    package init(
        kind: Kind,
        device: UInt64 = 0,
        inode: UInt64,
        size: Int,
        permissions: UInt32 = 0o644,
        modified: Time,
        changed: Time
    ) {
        self.kind = kind
        self.device = device
        self.inode = inode
        self.size = size
        self.permissions = permissions
        self.modified = modified
        self.changed = changed
    }
}
