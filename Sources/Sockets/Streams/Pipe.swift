internal import CLinux
internal import Glibc

/// pipe2(2), as the kernel memory that splice(2) moves pages through.
struct Pipe: ~Copyable {
    let output: Descriptor
    let input: Descriptor

    /// What a pipe holds unless it is asked for more.
    static let capacity = 65_536

    init() throws(SocketError) {
        var ends: (CInt, CInt) = (-1, -1)
        let result = System.retrying {
            unsafe withUnsafeMutableBytes(of: &ends) {
                unsafe Int(
                    clinux_pipe2(
                        $0.assumingMemoryBound(to: CInt.self).baseAddress,
                        O_CLOEXEC | O_NONBLOCK
                    )
                )
            }
        }
        guard result >= 0 else {
            throw SocketError(.init(errno: CInt(-result)), in: .splice, errno: CInt(-result))
        }
        output = Descriptor(ends.0)
        input = Descriptor(ends.1)
    }
}
