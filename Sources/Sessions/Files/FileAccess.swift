/// What the other end may do with a folder.
public struct FileAccess: Sendable {
    /// Send files into it, in place of those that are there.
    public var allowsPut = true
    /// Fetch files from it.
    public var allowsGet = true
    /// Bytes a file may have that is sent into it.
    ///
    /// 1 TiB, arbitrary: a disk.
    public var sizeLimit: UInt64 = 1 << 40
    /// Whether a session may put or get the file of a name; asked for each.
    public var isAllowed: @Sendable (Session, _ name: String, _ isPut: Bool) async -> Bool = {
        _,
        _,
        _ in true
    }
    /// Told of each piece that came or went.
    public var progress: (@Sendable (Session, FileProgress) -> Void)?
    /// Told of each file that is complete under its name.
    public var received: (@Sendable (Session, FileProgress) -> Void)?

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
    /// Handles `$put` and `$get`: files into a folder, and out of it.
    public mutating func files(_ folder: FileFolder, _ access: FileAccess = .init()) {
        let service = FileService(folder: folder, access: access)
        if access.allowsPut { call(FileWire.put) { call in try await service.put(call) } }
        if access.allowsGet { call(FileWire.get) { call in try await service.get(call) } }
    }
}
