internal import COpenSSL

/// Bytes that nobody can guess: RAND_bytes(3), seeded by the kernel.
///
/// ```swift
/// let key = RandomBytes.make(16)
/// ```
public enum RandomBytes {
    /// Makes so many random bytes.
    public static func make(_ count: Int) -> [UInt8] {
        precondition((0...Int(CInt.max)).contains(count), "a number of bytes that cannot be made")
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
            // It fails only when the kernel gives no entropy, and then nothing that needs secrets
            // may go on.
            let result = unsafe count == 0 ? 1 : RAND_bytes(memory.baseAddress, CInt(count))
            precondition(result == 1, "no random bytes")
            initialized = count
        }
    }
}
