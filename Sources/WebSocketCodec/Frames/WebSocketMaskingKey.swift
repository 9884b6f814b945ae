/// What a client's payload is XORed with (RFC 6455 §5.3), so that no attacker's page can choose the
/// bytes that a proxy on the way sees.
public struct WebSocketMaskingKey: Hashable, Sendable {
    /// The four bytes as they stand in memory and on the wire: in the host's order as an integer.
    @usableFromInline let inMemory: UInt32

    /// A key by its four bytes, the first highest: `0x37fa213d` is `37 fa 21 3d` on the wire.
    @inlinable
    public init(_ value: UInt32) { inMemory = value.bigEndian }

    /// The four bytes, the first highest.
    @inlinable
    public var value: UInt32 { UInt32(bigEndian: inMemory) }

    /// Masks bytes in place, or unmasks them, which is the same.
    ///
    /// `offset` is how many bytes of the frame's payload came before these.
    public func apply(to bytes: inout MutableRawSpan, offset: Int = 0) {
        // Safe: the buffer is the span's own memory.
        unsafe bytes.withUnsafeMutableBytes { unsafe apply(to: $0, offset: offset) }
    }

    /// Like ``apply(to:offset:)``, for memory that belongs to the caller while this runs.
    @inline(__always)
    func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int) {
        guard let base = bytes.baseAddress, inMemory != 0 else { return }
        // The key turned so that its first byte in memory belongs to the first of `bytes`.
        let turn = UInt32(truncatingIfNeeded: offset & 3) &* 8
        let key =
            turn == 0
            ? inMemory : UInt32(littleEndian: Self.turned(inMemory.littleEndian, by: turn))
        let count = bytes.count
        var index = 0
        if count >= 64 {
            // 64 bytes a step: four registers of SSE2, which every x86-64 has, or of NEON.
            let wide = SIMD16<UInt32>(repeating: key)
            while index &+ 64 <= count {
                let place = unsafe base + index
                let chunk = unsafe place.loadUnaligned(as: SIMD16<UInt32>.self)
                unsafe place.storeBytes(of: chunk ^ wide, as: SIMD16<UInt32>.self)
                index &+= 64
            }
        }
        let double = UInt64(key) << 32 | UInt64(key)
        while index &+ 8 <= count {
            let place = unsafe base + index
            let chunk = unsafe place.loadUnaligned(as: UInt64.self)
            unsafe place.storeBytes(of: chunk ^ double, as: UInt64.self)
            index &+= 8
        }
        // At most seven bytes are left, and `index` is a multiple of four.
        var rest = key.littleEndian
        while index < count {
            let place = unsafe base + index
            let byte = unsafe place.load(as: UInt8.self) ^ UInt8(truncatingIfNeeded: rest)
            unsafe place.storeBytes(of: byte, as: UInt8.self)
            rest = Self.turned(rest, by: 8)
            index &+= 1
        }
    }

    private static func turned(_ key: UInt32, by bits: UInt32) -> UInt32 {
        key &>> bits | key &<< (32 &- bits)
    }
}
