import HTTPTypes

/// A head's or trailer section's fields as their lines come, and what they say of the message.
struct FieldSection: Sendable {
    /// Where the lines stand: it decides what they may be.
    enum Place: Sendable {
        case request(HTTPVersion)
        case response(HTTPVersion)
        case trailers

        var version: HTTPVersion {
            switch self {
            case .request(let version), .response(let version): version
            case .trailers: .oneOne
            }
        }
    }

    private(set) var fields = HTTPFields()

    /// Room for as many fields as browsers send, made with the first: one allocation for five.
    private static let usualCount = 16

    /// What the fields of a head say; nothing of trailers is believed.
    private(set) var facts = MessageFacts()

    /// The size of the lines so far, with their ends.
    private(set) var size = 0

    /// How many lines there were, of which `Host` is one, though it is not in `fields`.
    private var count = 0

    /// Hands over what was collected, and begins anew.
    mutating func takeOut() -> FieldSection {
        var section = FieldSection()
        swap(&self, &section)
        return section
    }

    /// Takes the next line of the section, if its end is there, and moves `consumed` past it.
    ///
    /// The result is true after the empty line that ends the section, false after a field, and nil if
    /// more bytes are needed.
    mutating func takeLine(
        _ input: RawSpan,
        _ consumed: inout Int,
        finder: inout LineFinder,
        place: Place,
        limits: HTTPLimits
    ) throws(Breach) -> Bool? {
        let (limit, rule) =
            if case .trailers = place {
                (limits.trailersSize, HTTPRule.trailersTooLarge)
            } else {
                (limits.fieldsSize, HTTPRule.fieldsTooLarge)
            }
        // The empty line is not counted: a section that just fits is complete.
        let line = try finder.line(
            in: input,
            from: consumed,
            limit: limit - size + 2,
            mayBeFolded: finder.tolerance.isTolerant,
            tooLong: rule
        )
        guard let line else { return nil }
        let lineSize = line.end - consumed
        if line.text.isEmpty {
            consumed += lineSize
            return true
        }
        guard lineSize <= limit - size else { throw Breach(rule, at: consumed + limit - size) }
        guard count < limits.fieldCount else { throw Breach(.tooManyFields, at: consumed) }
        if line.isFolded {
            try takeFolded(input, line.text, place)
        } else {
            try takeField(input, line.text, place)
        }
        count += 1
        size += lineSize
        consumed += lineSize
        return false
    }

    /// A field over several lines (RFC 9112 §5.2): each fold, with the blanks around it, is one space.
    private mutating func takeFolded(
        _ input: RawSpan,
        _ lines: Range<Int>,
        _ place: Place
    ) throws(Breach) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.count)
        var rest = lines
        while let lineFeed = input.firstIndex(of: .lineFeed, in: rest) {
            let hasReturn = input.byte(at: lineFeed - 1) == .carriageReturn
            let end = max(rest.lowerBound, lineFeed - (hasReturn ? 1 : 0))
            let text = input.trimmed(rest.lowerBound..<end)
            bytes += [UInt8](bytes: input, text) + [.space]
            rest = (lineFeed + 1)..<rest.upperBound
        }
        bytes += [UInt8](bytes: input, input.trimmed(rest))
        do throws(Breach) {
            try unsafe takeField(bytes.span.bytes, bytes.indices, place)
        } catch {
            throw Breach(error.rule, at: lines.lowerBound)
        }
    }

    /// Field lines are `name ":" OWS value OWS` (RFC 9112 §5), and nothing may stand before the colon.
    private mutating func takeField(
        _ input: RawSpan,
        _ line: Range<Int>,
        _ place: Place
    ) throws(Breach) {
        var colon = line.lowerBound
        while colon < line.upperBound, input.byte(at: colon).isToken { colon &+= 1 }
        guard colon > line.lowerBound, colon < line.upperBound,
            input.byte(at: colon) == UInt8(ascii: ":")
        else { throw Self.breachOfName(input, line, at: colon) }
        let value = input.trimmed((colon + 1)..<line.upperBound)
        let isASCII = try Self.checkValue(input, value)

        let nameRange = line.lowerBound..<colon
        let known = KnownFieldNames.all.place(of: nameRange, in: input)
        let role = known.map { KnownFieldNames.all.roles[$0] } ?? .ordinary
        if case .trailers = place, role.isForbiddenInTrailers {
            throw Breach(.forbiddenTrailer, at: line.lowerBound)
        }
        if role != .ordinary, role != .headOnly {
            let isRepeated = role == .contentLength && facts.contentLength != nil
            try facts.take(role, input, value, place)
            // Said more than once, it is said once (RFC 9110 §8.6); a request was refused.
            if isRepeated { return }
            if role == .contentLength, let length = facts.contentLength {
                return fields.append(HTTPField(name: .contentLength, value: String(length)))
            }
            // An authority has one place in a request, and that is not among its fields.
            if role == .host, case .request = place { return }
        }
        let name =
            known.map { KnownFieldNames.all.names[$0] } ?? HTTPField.Name(input.string(nameRange))
        guard let name else { throw Breach(.malformedFieldName, at: line.lowerBound) }
        if fields.isEmpty { fields.reserveCapacity(Self.usualCount) }
        fields.append(
            isASCII
                ? HTTPField(name: name, value: input.string(value))
                : HTTPField(name: name, value: Array(bytes: input, value))
        )
    }

    private static func breachOfName(_ input: RawSpan, _ line: Range<Int>, at index: Int) -> Breach
    {
        guard index < line.upperBound else { return Breach(.malformedFieldName, at: index) }
        let byte = input.byte(at: index)
        if index == line.lowerBound, byte.isBlank { return Breach(.foldedLine, at: index) }
        return Breach(
            byte == .carriageReturn ? .bareCarriageReturn : .malformedFieldName,
            at: index
        )
    }

    /// Field values hold no controls but tabs (RFC 9110 §5.5).
    ///
    /// - Returns: whether they are ASCII.
    private static func checkValue(
        _ input: RawSpan,
        _ value: Range<Int>
    ) throws(Breach) -> Bool {
        var bits: UInt64 = 0
        var index = value.lowerBound
        while value.upperBound &- index >= 8 {
            let word = input.word(at: index)
            bits |= word
            // Below 0x20, or 0x7F: exact when there is none, which is all that is asked; tabs and
            // the bytes of UTF-8 take the long way.
            let controls = (word &- UInt64(repeating: 0x20)) & ~word
            let deletes = (word ^ UInt64(repeating: .delete)).zeroBytes
            if (controls | deletes) & UInt64(repeating: 0x80) != 0 {
                try checkEach(input, index..<(index &+ 8))
            }
            index &+= 8
        }
        try checkEach(input, index..<value.upperBound)
        for rest in index..<value.upperBound { bits |= UInt64(input.byte(at: rest)) }
        return bits & UInt64(repeating: 0x80) == 0
    }

    private static func checkEach(_ input: RawSpan, _ range: Range<Int>) throws(Breach) {
        for index in range {
            let byte = input.byte(at: index)
            guard byte.isForbiddenInValue else { continue }
            throw Breach(
                byte == .carriageReturn ? .bareCarriageReturn : .controlInFieldValue,
                at: index
            )
        }
    }
}

extension [UInt8] {
    /// A copy of the bytes at `range`.
    init(bytes input: RawSpan, _ range: Range<Int>) {
        // The pointer does not leave the closure.
        self = unsafe input.extracting(range).withUnsafeBytes { unsafe Array($0) }
    }
}
