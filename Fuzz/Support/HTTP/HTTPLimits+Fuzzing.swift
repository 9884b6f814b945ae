import HTTPCodec

extension HTTPLimits {
    /// Limits that a short input reaches.
    static var tight: HTTPLimits {
        var limits = HTTPLimits()
        limits.startLineSize = 40
        limits.fieldCount = 4
        limits.fieldsSize = 160
        limits.bodySize = 64
        limits.chunkExtensionsSize = 24
        limits.trailersSize = 64
        limits.interimResponseCount = 2
        return limits
    }

    /// Limits that no message passes that was read within the defaults and written again.
    static var ample: HTTPLimits {
        var limits = HTTPLimits()
        limits.startLineSize *= 4
        limits.fieldCount *= 4
        limits.fieldsSize *= 4
        limits.trailersSize *= 4
        return limits
    }

    /// The most bytes of a line that has not ended: what the parsers leave in the input.
    var lineSize: Int {
        // A chunk's head has sixteen digits before its extensions; every line ends with CRLF.
        max(startLineSize, fieldsSize, chunkExtensionsSize + 16, trailersSize) + 2
    }
}

extension RawSpan {
    /// A copy of the bytes.
    func array(_ range: Range<Int>) -> [UInt8] {
        // The pointer does not leave the closure.
        unsafe extracting(range).withUnsafeBytes { unsafe Array($0) }
    }
}
