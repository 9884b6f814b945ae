internal import CLinux
internal import Glibc

extension ControlMessages {
    private static let rights: CInt = 1  // SCM_RIGHTS, an enum constant
    private static let processDescriptor: CInt = 4  // SCM_PIDFD, newer than the C library

    /// Closes the descriptors that came with a message and that nobody asked for.
    ///
    /// The kernel has given them to this process already: any peer of a Unix datagram socket could
    /// otherwise use all of its descriptors up.
    static func closeDescriptors(in bytes: UnsafeRawBufferPointer) {
        unsafe forEach(in: bytes) { level, type, data in
            guard level == SOL_SOCKET, type == rights || type == processDescriptor else { return }
            var offset = 0
            while data.count - offset >= MemoryLayout<CInt>.size {
                let number = unsafe data.loadUnaligned(fromByteOffset: offset, as: CInt.self)
                if number >= 0 { _ = Descriptor(number) }
                offset += MemoryLayout<CInt>.size
            }
        }
    }
}
