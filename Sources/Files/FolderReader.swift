internal import Glibc
internal import Sockets

/// The names in a folder, one after the other: readdir(3).
@safe package struct FolderReader: ~Copyable {
    // Open until deinit, and used by one task at a time, as this is not copyable.
    private let stream: OpaquePointer

    /// Reads from the start, by a descriptor of its own.
    package init(_ folder: Folder) throws(FileError) {
        let own = try FileCalls.open(
            beneath: folder.number,
            [UInt8(ascii: ".")],
            flags: O_RDONLY | O_DIRECTORY
        )
        let number = own.release()
        guard let stream = unsafe fdopendir(number) else {
            let error = FileError(errno: errno)
            _ = Descriptor(number)
            throw error
        }
        unsafe self.stream = stream
    }

    deinit { unsafe closedir(stream) }

    /// The next name, `.` and `..` left out, or nil at the end.
    ///
    /// An error in the middle is an end: what was read until then is there. If only hidden names are
    /// wanted, those that begin with a dot, the others are passed over without being copied.
    package func next(isHidden: Bool = false) -> [UInt8]? {
        while let entry = unsafe readdir(stream) {
            if isHidden, unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { continue }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { return name }
        }
        return nil
    }
}

extension FolderReader {
    /// All names in a folder, or why there are more than could be read.
    package static func names(in folder: Folder) throws(FileError) -> [[UInt8]] {
        let reader = try FolderReader(folder)
        var names: [[UInt8]] = []
        // readdir(3) tells an error from the end by errno alone.
        errno = 0
        while let name = reader.next() {
            names.append(name)
            errno = 0
        }
        guard errno == 0 else { throw FileError(errno: errno) }
        return names
    }
}
