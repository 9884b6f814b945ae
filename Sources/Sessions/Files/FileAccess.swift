public import Files

/// What the other end may do with a folder, and who is told of it.
///
/// The closures are called on the session's loop and must not wait.
public struct FileAccess: Sendable {
    /// Send files into it, in place of those that are there.
    public var allowsPut = true
    /// Fetch files from it.
    public var allowsGet = true
    /// Bytes a file may have that is sent into it.
    ///
    /// 1 TiB, arbitrary: a disk.
    public var sizeLimit: UInt64 = 1 << 40
    /// Whether names of which a part begins with a dot are put and got too: `.ssh/authorized_keys`,
    /// `.bashrc`, `.git/hooks/…`, which other programs obey.
    public var allowsHiddenNames = false
    /// Whether names are put too that are not what they look like on a screen: with controls, marks of
    /// direction, or what is drawn as nothing.
    public var allowsUnprintableNames = false
    /// Whether a session may put or get the file of a name, or put a folder; asked for each.
    ///
    /// A name compares by its bytes: `name == "2026/report.pdf"`.
    public var isAllowed: @Sendable (Session, _ name: BytePath, _ isPut: Bool) async -> Bool = {
        _,
        _,
        _ in true
    }
    /// Told of each piece that came or went.
    public var progress: (@Sendable (Session, FileProgress) -> Void)?
    /// Told of each file that is complete under its name.
    public var received: (@Sendable (Session, FileProgress) -> Void)?
    /// Told of each folder that the other end has asked for, and that is there.
    public var madeFolder: (@Sendable (Session, _ name: BytePath) -> Void)?
    /// Told of each transfer, of either direction, that ends otherwise, how far it has come and why.
    ///
    /// The error is a ``CallRefusal`` for what the other end was told: not allowed, more or other bytes than
    /// announced, no room on the disk. It is a ``SessionError`` when the other end has given up, its session
    /// is over, or (`superseded`) a newer transfer goes on with the file. What has come of a file is kept,
    /// unless its bytes were wrong.
    public var failed: (@Sendable (Session, FileProgress, any Error) -> Void)?

    /// Both ways.
    public init() {}

    /// Only into it.
    public static var put: Self {
        var access = Self()
        access.allowsGet = false
        return access
    }

    /// Only out of it.
    public static var get: Self {
        var access = Self()
        access.allowsPut = false
        return access
    }
}

extension SessionHandlers {
    /// Handles `$put`, `$folder` and `$get`: files and folders into a folder, and files out of it.
    public mutating func files(_ folder: FileFolder, _ access: FileAccess = .init()) {
        let service = FileService(folder: folder, access: access)
        if access.allowsPut {
            call(FileWire.put) { call in try await service.put(call) }
            call(FileWire.folder) { call in try await service.makeFolder(call) }
        }
        if access.allowsGet { call(FileWire.get) { call in try await service.get(call) } }
    }
}
