extension AddressParser {
    /// Whether `name` can stand in text as a zone and be read back as the name it is.
    ///
    /// The kernel takes nearly any byte in an interface's name; those that end an address, look
    /// like an index or do not print are refused here.
    static func isZoneName(_ name: some Sequence<UInt8>) -> Bool {
        var isIndex = true
        for byte in name {
            guard isZoneByte(byte) else { return false }
            isIndex = isIndex && AddressText.isDigit(byte)
        }
        return !isIndex
    }

    private static func isZoneByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "/"),
            UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "#"):
            false
        default: AddressText.isVisible(byte)
        }
    }

    /// Reads what follows `%`: an interface's index or its name (RFC 4007 §11.2).
    ///
    /// Digits alone are an index, even where an interface bears them as its name.
    mutating func zone() throws(AddressParseError) -> UInt32 {
        let start = position
        while let byte = peek(), Self.isZoneByte(byte) { position += 1 }
        let range = start..<position
        guard !range.isEmpty else {
            throw failure("a network interface is missing after '%'", length: 0)
        }
        guard Self.isZoneName(bytes[range]) else {
            guard let index = decimal(range, limit: .max) else {
                throw failure("zone \(quote(range)) is over \(UInt32.max)", in: range)
            }
            guard index != 0 else {
                throw failure("zone 0 means no zone: leave it out", in: range)
            }
            return index
        }
        guard range.count <= InterfaceName.sizeLimit else {
            throw failure(
                "a network interface's name has at most \(InterfaceName.sizeLimit) bytes",
                in: range
            )
        }
        guard let index = InterfaceName.index(of: String(decoding: bytes[range], as: UTF8.self))
        else {
            throw failure("no network interface is called '\(quote(range))'", in: range)
        }
        return index
    }
}
