internal import Files

/// What a sender says of a file or folder beside its bytes; nil for what it does not say.
struct FileAttributes: Equatable, Sendable {
    /// Of owner, group and others: no set-user-ID, set-group-ID or sticky bit, whatever a peer sends.
    private(set) var permissions: UInt32?
    /// When its bytes were changed.
    private(set) var modified: FileStatus.Time?

    private static let permissionMask: UInt64 = 0o777
    private static let nanosecondsPerSecond: UInt64 = 1_000_000_000
    /// Numbers on the wire are smaller: 2⁶² ns after 1970 is in the year 2116.
    private static let wireLimit: UInt64 = 1 << 62

    /// Says nothing.
    init() {}

    init(_ status: FileStatus) {
        permissions = status.permissions
        // What is older than 1970 goes without.
        if status.modified.seconds >= 0 { modified = status.modified }
    }

    init(permissions: UInt32?) {
        self.permissions = permissions.map { $0 & UInt32(Self.permissionMask) }
    }

    /// Reads the numbers of a peer, as many as there are.
    init(permissions: UInt64?, nanoseconds: UInt64?) {
        self.permissions = permissions.map { UInt32($0 & Self.permissionMask) }
        modified = nanoseconds.map {
            FileStatus.Time(
                seconds: Int($0 / Self.nanosecondsPerSecond),
                nanoseconds: UInt32($0 % Self.nanosecondsPerSecond)
            )
        }
    }

    /// The time as a number; nil if it is none that can be sent.
    var nanoseconds: UInt64? {
        guard let modified else { return nil }
        let (seconds, isTooLate) = UInt64(modified.seconds)
            .multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        guard !isTooLate, seconds < Self.wireLimit - Self.nanosecondsPerSecond else { return nil }
        return seconds + UInt64(modified.nanoseconds)
    }

    /// The permissions of a file that was not there: as scp(1) without -p, those of the sender's that this
    /// process gives to new files.
    var permissionsOfNewFile: UInt32 { (permissions ?? 0o666) & ~FileModeMask.current }

    /// Those with which a folder is made, of which umask(2) takes some away.
    ///
    /// Its owner can always use it, or nothing could come into it.
    var permissionsOfNewFolder: UInt32 { (permissions ?? 0o777) | 0o700 }
}
