internal import Glibc

/// Names of services, as services(5) has them.
package enum ServicePort {
    /// The protocols that ports belong to.
    package enum Carrier: String, Sendable { case tcp, udp }

    /// The port of a service: getservbyname_r(3); nil where no service is called so.
    ///
    /// It may read files, and blocks for as long.
    package static func number(of name: String, over carrier: Carrier) -> UInt16? {
        // The C library would read up to the zero, and find another.
        guard !name.utf8.contains(0) else { return nil }
        var entry = unsafe servent()
        var found: UnsafeMutablePointer<servent>?
        let result = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: entrySize) {
            unsafe getservbyname_r(
                name,
                carrier.rawValue,
                &entry,
                $0.baseAddress,
                $0.count,
                &found
            )
        }
        guard result == 0, unsafe found != nil else { return nil }
        // In network order, in the lower half of an int.
        return UInt16(bigEndian: UInt16(truncatingIfNeeded: unsafe entry.s_port))
    }

    /// Bytes for one entry with its aliases.
    ///
    /// Arbitrary: the longest of Debian's has a few dozen.
    private static let entrySize = 1024
}
