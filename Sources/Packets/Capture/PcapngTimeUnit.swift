/// How an interface counts time (§4.2: if_tsresol and if_tsoffset).
struct PcapngTimeUnit: Hashable, Sendable {
    /// Its resolution byte: units of 10^-n seconds, or of 2^-n with the top bit set.
    var resolution: UInt8 = 6

    /// Seconds to add.
    var offset: Int64 = 0

    /// The nanoseconds of a time in these units, or nil if that is no 64-bit number.
    func nanoseconds(_ time: UInt64) -> UInt64? {
        let exponent = Int(resolution & 0x7F)
        guard
            let plain = resolution & 0x80 == 0
                ? Self.decimal(time, exponent) : Self.binary(time, exponent)
        else { return nil }
        let (shift, overflow) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return nil }
        let magnitude = shift.magnitude
        let (sum, outside) =
            shift >= 0
            ? plain.addingReportingOverflow(magnitude)
            : plain.subtractingReportingOverflow(magnitude)
        return outside ? nil : sum
    }

    private static func decimal(_ time: UInt64, _ exponent: Int) -> UInt64? {
        guard exponent <= 9 + 19 else { return nil }  // 10^19 is the last in 64 bits
        var factor: UInt64 = 1
        for _ in 0..<abs(9 - exponent) { factor *= 10 }
        if exponent > 9 { return time / factor }
        let (product, overflow) = time.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    private static func binary(_ time: UInt64, _ exponent: Int) -> UInt64? {
        guard exponent < 64 else { return nil }
        let (high, low) = time.multipliedFullWidth(by: 1_000_000_000)
        guard high >> UInt64(exponent) == 0 else { return nil }
        return exponent == 0 ? low : low >> UInt64(exponent) | high << UInt64(64 - exponent)
    }
}
