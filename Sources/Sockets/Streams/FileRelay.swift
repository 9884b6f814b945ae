internal import Glibc

/// The way of received bytes into a file: splice(2) needs a pipe on one side, so they go through a
/// pipe of our own.
struct FileRelay: ~Copyable {
    let pipe: Pipe
    private let file: CInt
    /// A file opened with O_APPEND, and some devices, take no splice(2): those are written.
    private var mustCopy: Bool

    /// Copied at a time where splice(2) is refused.
    private static let copySize = 65_536

    init(to file: CInt) throws(SocketError) {
        pipe = try Pipe()
        self.file = file
        mustCopy = fcntl(file, F_GETFL) & O_APPEND != 0
        System.enlargePipe(pipe.input.number, to: CInt(StreamConnection.spliceSize))
    }

    /// Moves what the pipe holds into the file.
    ///
    /// Zero, or a negated errno.
    mutating func flush(_ count: Int) -> Int {
        var left = count
        while left > 0 {
            let moved =
                mustCopy ? copy(left) : System.splice(from: pipe.output.number, to: file, left)
            if moved == -Int(EINVAL), !mustCopy {
                mustCopy = true
            } else if moved <= 0 {
                return moved == 0 ? -Int(EIO) : moved
            } else {
                left -= moved
            }
        }
        return 0
    }

    private func copy(_ count: Int) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.copySize, alignment: 16) { memory in
            guard let base = memory.baseAddress else { return -Int(ENOMEM) }
            let taken = unsafe System.read(pipe.output.number, base, min(count, memory.count))
            var written = 0
            while written < taken {
                let result = unsafe System.write(file, base + written, taken - written)
                if result < 0 { return result }
                written += result
            }
            return taken
        }
    }
}
