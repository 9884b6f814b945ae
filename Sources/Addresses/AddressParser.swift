/// A cursor over the bytes of an address written as text, shared by every address grammar.
///
/// A grammar is a method in an extension, beside the type it reads: it takes bytes from
/// `position` on, stops at the first byte that is not its own, and leaves it to its caller to say
/// what may follow. All failures go through `failure`, so each carries its place.
package struct AddressParser {
    /// The longest input in bytes.
    ///
    /// RFC 9110 §4.1 asks that URIs of 8000 octets be supported, which a `ws://` endpoint may be;
    /// no other form comes near.
    package static let sizeLimit = 8192

    /// What is being read, for the error.
    package let subject: String

    /// The whole input.
    package let bytes: [UInt8]

    /// The index of the next byte to read.
    package var position = 0

    /// A cursor at the start of the text, or of as much of it as is within the limit.
    package init(clipping text: some StringProtocol, for subject: String) {
        self.subject = subject
        self.bytes = Array(text.utf8.prefix(Self.sizeLimit))
    }

    /// - Throws: if the text is over the limit; no byte beyond the limit is looked at or kept.
    package init(_ text: some StringProtocol, for subject: String) throws(AddressParseError) {
        self.init(clipping: text, for: subject)
        let size = text.utf8.count
        guard size <= Self.sizeLimit else {
            throw failure(
                "it is \(size) bytes long, over the limit of \(Self.sizeLimit)",
                at: Self.sizeLimit,
                length: 0
            )
        }
    }

    package var isAtEnd: Bool { position == bytes.count }

    /// The byte `distance` ahead, or nil past the end.
    package func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    package func isNext(_ scalar: Unicode.Scalar) -> Bool { peek() == UInt8(ascii: scalar) }

    /// Whether the next bytes are `text`, which must be lowercase ASCII, in either case.
    package func isNext(word text: StaticString) -> Bool {
        let wanted = text.description.utf8
        let found = bytes[position...].prefix(wanted.count).lazy.map(AddressText.lowercased)
        return found.elementsEqual(wanted)
    }

    /// Takes the next byte if it is `scalar`.
    package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard isNext(scalar) else { return false }
        position += 1
        return true
    }

    /// The index of the first byte from `position` on that is one of `stops`, or the end.
    package func index(ofAny stops: StaticString) -> Int {
        let stops = stops.description.utf8
        return bytes[position...].firstIndex { stops.contains($0) } ?? bytes.count
    }

    /// Whether there are at least two colons before `end`, as in every IPv6 address and never in
    /// an IPv4 address or a host name, even with a port.
    package func hasColons(until end: Int) -> Bool {
        bytes[position..<end].count { $0 == UInt8(ascii: ":") } > 1
    }

    /// Takes every digit that follows.
    package mutating func takeDigits() -> Range<Int> {
        let start = position
        while let byte = peek(), AddressText.isDigit(byte) { position += 1 }
        return start..<position
    }

    /// The decimal value of digits taken before, or nil over `limit`.
    package func decimal(_ digits: Range<Int>, limit: UInt32) -> UInt32? {
        var value: UInt64 = 0
        for byte in bytes[digits] {
            // No overflow: value is at most limit, under 2^32, before each step.
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
            guard value <= limit else { return nil }
        }
        return UInt32(value)
    }

    /// - Throws: if anything is left of the input.
    package func expectEnd() throws(AddressParseError) {
        guard let byte = peek() else { return }
        throw failure("\(AddressText.name(byte)) is not expected here")
    }

    /// The error of a mistake at `place` (else at `position`).
    package func failure(
        _ reason: String,
        at place: Int? = nil,
        length: Int = 1
    ) -> AddressParseError {
        AddressParseError(
            subject: subject,
            reason: reason,
            input: bytes,
            offset: place ?? position,
            length: length
        )
    }

    /// The error of a mistake that covers `range`.
    package func failure(_ reason: String, in range: Range<Int>) -> AddressParseError {
        failure(reason, at: range.lowerBound, length: range.count)
    }

    /// The bytes of `range` for a sentence: escaped, and cut where they would drown it.
    package func quote(_ range: Range<Int>) -> String {
        let shown = 16  // arbitrary: longer than every word this parser knows
        let text = bytes[range].prefix(shown).map(AddressText.printable).joined()
        return range.count > shown ? text + "..." : text
    }
}

extension AddressParser {
    /// Reads a port: digits to `end`, with no sign and no leading zero (RFC 3986 §3.2.3, stricter).
    package mutating func port(until end: Int) throws(AddressParseError) -> UInt16 {
        guard position < end else {
            throw failure("a port is missing here, a number from 0 to 65535", length: 0)
        }
        let digits = takeDigits()
        if position < end, let byte = peek() {
            throw failure("\(AddressText.name(byte)) is in the port, which takes digits only")
        }
        guard digits.count == 1 || bytes[digits.lowerBound] != UInt8(ascii: "0") else {
            throw failure("the port has a leading zero", in: digits)
        }
        guard let port = decimal(digits, limit: UInt32(UInt16.max)) else {
            throw failure("port \(quote(digits)) is over 65535", in: digits)
        }
        return UInt16(port)
    }
}
