import Glibc

/// Network interfaces by number and by name, as the kernel knows them at this moment.
///
/// The corresponding C functions are `if_nametoindex` and `if_indextoname` (RFC 3493 §4). Both ask
/// the kernel, so this is the one file of the address types that is not pure.
package enum InterfaceName {
    /// The longest interface name in bytes: the kernel's IFNAMSIZ (16) counts the NUL at the end.
    package static let sizeLimit = Int(IF_NAMESIZE) - 1

    /// The index of the interface called `name`, or nil where there is none.
    package static func index(of name: String) -> UInt32? {
        let index = unsafe if_nametoindex(name)
        return index == 0 ? nil : index
    }

    /// The name of the interface numbered `index`, or nil where there is none.
    package static func name(of index: UInt32) -> String? {
        let capacity = Int(IF_NAMESIZE)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            // Safe: the buffer has the IF_NAMESIZE bytes the call may write, and the call ends
            // what it writes with a NUL. The String is a copy.
            guard let start = buffer.baseAddress, let name = unsafe if_indextoname(index, start)
            else { return nil }
            return unsafe String(cString: name)
        }
    }
}
