import Addresses

/// Reads a filter: the words and how they are joined.
///
/// What one question may be is in FilterParser+Primitives.
struct FilterParser {
    /// The bytes, and the errors that point into them.
    var cursor: AddressParser

    /// The next word or sign; empty at the end.
    private(set) var token: Range<Int> = 0..<0

    /// The words that a value without words takes: those of the value before.
    var qualifiers = FilterQualifiers()

    /// How many parentheses are open.
    private var depth = 0

    /// How many questions were read.
    private var termCount = 0

    /// The most questions in a filter.
    ///
    /// Arbitrary: 4096 instructions hold not many more, and it bounds the depth of what is built.
    private static let termLimit = 512

    init(_ text: some StringProtocol) throws(CaptureFilterError) {
        do throws(AddressParseError) {
            cursor = try AddressParser(text, for: "filter")
        } catch {
            throw CaptureFilterError(error)
        }
        advance()
    }

    /// Reads the whole filter; nil if it is empty.
    mutating func filter() throws(CaptureFilterError) -> FilterExpression? {
        guard !isAtEnd else { return nil }
        let expression = try expression()
        guard isAtEnd else {
            if isNext(")") { throw failure("this ')' has no '('") }
            throw failure("'and' or 'or' is missing before \(quoted)")
        }
        return expression
    }

    /// Reads terms joined by `and` and `or`, to the end or to a closing parenthesis.
    mutating func expression() throws(CaptureFilterError) -> FilterExpression {
        let first = try term()
        var rest: [(join: FilterExpression.Join, term: FilterExpression)] = []
        while let join = takeJoin() { rest.append((join, try term())) }
        return rest.isEmpty ? first : .chain(first, rest)
    }

    private mutating func takeJoin() -> FilterExpression.Join? {
        if take("and") || take("&&") { return .and }
        if take("or") || take("||") { return .or }
        return nil
    }

    private mutating func term() throws(CaptureFilterError) -> FilterExpression {
        var isNegated = false
        while take("not") || take("!") { isNegated.toggle() }
        let term = isNext("(") ? try parenthesized() : try primitive()
        return isNegated ? .not(term) : term
    }

    /// Reads an expression in parentheses.
    mutating func parenthesized() throws(CaptureFilterError) -> FilterExpression {
        let open = token
        guard depth < CaptureFilter.nestingLimit else {
            throw failure("parentheses are nested deeper than \(CaptureFilter.nestingLimit)")
        }
        advance()
        depth += 1
        let inner = try expression()
        depth -= 1
        guard take(")") else {
            if !isAtEnd { throw failure("'and', 'or' or ')' is missing before \(quoted)") }
            throw failure("this '(' has no ')'", in: open)
        }
        return inner
    }

    private mutating func primitive() throws(CaptureFilterError) -> FilterExpression {
        guard termCount < Self.termLimit else {
            throw failure("a filter has at most \(Self.termLimit) parts")
        }
        termCount += 1
        return try qualifiedPrimitive()
    }
}

// Words and signs.
extension FilterParser {
    var isAtEnd: Bool { token.isEmpty }

    /// The next word as a sentence shows it.
    var quoted: String { "'\(cursor.quote(token))'" }

    /// The next word or sign as text, which is known to be short where it is compared.
    var word: String { String(decoding: cursor.bytes[token], as: UTF8.self) }

    func isNext(_ text: StaticString) -> Bool {
        cursor.bytes[token].elementsEqual(text.description.utf8)
    }

    mutating func take(_ text: StaticString) -> Bool {
        guard isNext(text) else { return false }
        advance()
        return true
    }

    /// Goes to the next word or sign.
    mutating func advance() {
        let bytes = cursor.bytes
        var start = token.upperBound
        while start < bytes.count, Self.isSpace(bytes[start]) { start += 1 }
        var end = start
        if end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "!"): end += 1
            case UInt8(ascii: "&"), UInt8(ascii: "|"):
                end += end + 1 < bytes.count && bytes[end + 1] == bytes[end] ? 2 : 1
            default: while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
            }
        }
        token = start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "!"), UInt8(ascii: "&"),
            UInt8(ascii: "|"):
            false
        default: !isSpace(byte)
        }
    }

    /// The error of a mistake in `range`, else in the next word or sign.
    func failure(_ reason: String, in range: Range<Int>? = nil) -> CaptureFilterError {
        let range = range ?? token
        return CaptureFilterError(cursor.failure(reason, in: range))
    }
}
