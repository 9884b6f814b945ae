extension UnixAddress: CustomStringConvertible {
    /// `/run/x` for a path, `@name` for an abstract name, `*` for none.
    ///
    /// What would not print, or not be read back as it was, is escaped as `\xNN`.
    public var description: String {
        guard let first = socketPath.first else { return "*" }
        if first == 0 { return "@" + Self.escaped(socketPath.dropFirst()) }
        // A path that looks like one of the other forms; "//" would be read as that of a URL.
        let isDisguised =
            first == UInt8(ascii: "@") || socketPath == [UInt8(ascii: "*")]
            || socketPath.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")])
        guard isDisguised else { return Self.escaped(socketPath[...]) }
        return AddressText.hexEscape(first) + Self.escaped(socketPath.dropFirst())
    }

    /// The bytes as text: letters of any language as they are, all else that is not text escaped.
    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard let valid = String(validating: bytes, as: UTF8.self) else {
            return bytes.map(escaped(ascii:)).joined()
        }
        var text = ""
        for scalar in valid.unicodeScalars {
            if isText(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += scalar.utf8.map(escaped(ascii:)).joined()
            }
        }
        return text
    }

    private static func escaped(ascii byte: UInt8) -> String {
        byte == UInt8(ascii: "\\") ? "\\\\" : AddressText.printable(byte)
    }

    /// Whether a terminal shows the scalar as a mark of its own.
    ///
    /// Not so: controls, the invisible and direction-changing formats, exotic spaces and line
    /// breaks, and what is not assigned.
    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: scalar != "\\"
        }
    }
}

extension AddressParser {
    /// Reads what follows `unix:`, with or without the two slashes of a URL.
    mutating func unixAddressAfterScheme() throws(AddressParseError) -> UnixAddress {
        if isNext(word: "//") {
            guard peek(2) == UInt8(ascii: "/") else {
                throw failure(
                    "'//' is followed by a host, which Unix sockets have not: write unix:/run/x",
                    length: 2
                )
            }
            position += 2
        }
        return try unixAddress()
    }

    /// Reads a path, `@` and an abstract name, or `*`, to the end of the input.
    mutating func unixAddress() throws(AddressParseError) -> UnixAddress {
        guard !isAtEnd else {
            throw failure("a path or an abstract name (@name) is missing here", length: 0)
        }
        if isNext("*"), position == bytes.count - 1 {
            position += 1
            return .unnamed
        }
        let isAbstract = take("@")
        let limit =
            isAbstract ? UnixAddress.abstractNameSizeLimit : UnixAddress.pathSizeLimit
        guard !isAtEnd else { throw failure("a name is missing after '@'", length: 0) }
        var name: [UInt8] = []
        var overflow = position  // the place of the first byte over the limit
        while !isAtEnd {
            if name.count == limit { overflow = position }
            let start = position
            let byte = try unixByte()
            guard byte != 0 || isAbstract else {
                throw failure("a NUL byte is in the path, and would end it", in: start..<position)
            }
            name.append(byte)
        }
        try checkUnixSize(name.count, place: overflow, isAbstract: isAbstract)
        return UnixAddress(socketPath: isAbstract ? [0] + name : name)
    }

    /// - Throws: if a path or name of `size` bytes does not fit `sun_path`.
    func checkUnixSize(
        _ size: Int,
        place: Int,
        isAbstract: Bool
    ) throws(AddressParseError) {
        let limit =
            isAbstract ? UnixAddress.abstractNameSizeLimit : UnixAddress.pathSizeLimit
        guard size > limit else { return }
        throw failure(
            "the \(isAbstract ? "abstract name" : "path") is \(size) bytes long, "
                + "over the limit of \(limit) that a Unix socket address holds",
            in: place..<bytes.count
        )
    }

    /// Reads one byte of a path or name, or an escape of one.
    private mutating func unixByte() throws(AddressParseError) -> UInt8 {
        let byte = bytes[position]
        guard !AddressText.isControl(byte) else {
            throw failure(
                "\(AddressText.name(byte)) is not taken as it is: write it \(AddressText.hexEscape(byte))"
            )
        }
        position += 1
        guard byte == UInt8(ascii: "\\") else { return byte }
        if take("\\") { return byte }
        guard isNext("x"), let high = peek(1).flatMap(AddressText.hexValue),
            let low = peek(2).flatMap(AddressText.hexValue)
        else {
            throw failure(
                "a backslash begins an escape, \\xNN or \\\\: write \\\\ for itself",
                at: position - 1
            )
        }
        position += 3
        return high << 4 | low
    }
}
