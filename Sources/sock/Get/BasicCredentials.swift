/// A name and a password for `Authorization: Basic` (RFC 7617), which no message and no log repeats.
struct BasicCredentials: Equatable {
    let name: [UInt8]
    /// Nil if it is to be asked for.
    let password: [UInt8]?

    /// Reads `NAME:PASSWORD`, or `NAME` alone, as of `--user`.
    init(_ text: String) {
        let bytes = ProgramArguments.bytes(of: text)
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        name = Array(bytes[..<(colon ?? bytes.count)])
        password = colon.map { Array(bytes[($0 + 1)...]) }
    }

    /// Reads what stands before the `@` of a URL; without a password, that is empty.
    init(percentEncoded bytes: some Collection<UInt8>) throws(Failure) {
        let parts = bytes.split(
            separator: UInt8(ascii: ":"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let name = PercentEncoding.decoded(parts[0]),
            let password = parts.count > 1 ? PercentEncoding.decoded(parts[1]) : []
        else {
            throw Failure(
                .usage,
                "in the name or password before '@', '%' is not followed by two hexadecimal digits"
            )
        }
        self.init(name: name, password: password)
    }

    init(name: [UInt8], password: [UInt8]?) {
        self.name = name
        self.password = password
    }

    /// The field's value.
    func fieldValue(password: [UInt8]) -> String {
        var text = Array("Basic ".utf8)
        Base64.append(name + [UInt8(ascii: ":")] + password, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

/// What is percent-encoded (RFC 3986 §2.1), as bytes.
enum PercentEncoding {
    /// The bytes; nil if a `%` has no two digits behind it.
    static func decoded(_ encoded: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = encoded.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
