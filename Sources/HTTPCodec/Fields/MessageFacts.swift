/// What a head's fields say of its message and connection.
struct MessageFacts: Sendable {
    /// The one `Host`.
    private(set) var host: String?

    private(set) var contentLength: UInt64?

    /// Whether `Transfer-Encoding` is exactly `chunked`.
    private(set) var isChunked = false

    /// What `Connection` names.
    private var closes = false
    private var keepsAlive = false
    private var upgrades = false

    /// The protocols of `Upgrade`, whether or not `Connection` names it.
    private var protocols: [String] = []

    private(set) var expectsContinue = false

    /// The protocols a peer asks for or announces; HTTP/1.0 has none (RFC 9110 §7.8).
    func upgrade(in version: HTTPVersion) -> [String] {
        upgrades && version >= .oneOne ? protocols : []
    }

    /// Whether the connection outlives the message, as far as its fields go (RFC 9112 §9.3).
    func keepsConnection(in version: HTTPVersion) -> Bool {
        !closes && (version >= .oneOne || keepsAlive)
    }

    mutating func take(
        _ role: FieldRole,
        _ input: RawSpan,
        _ value: Range<Int>,
        _ place: FieldSection.Place
    ) throws(Breach) {
        switch (role, place) {
        case (.host, .request): try takeHost(input, value)
        case (.contentLength, .response):
            try takeContentLength(input, value, mayBeRepeated: true)
        case (.contentLength, _): try takeContentLength(input, value, mayBeRepeated: false)
        case (.transferEncoding, .response) where input.matches("identity", in: value): break
        case (.transferEncoding, _): try takeTransferEncoding(input, value, place.version)
        case (.connection, _): try takeConnection(input, value)
        case (.upgrade, _): try takeUpgrade(input, value)
        // HTTP/1.0 knows no expectations, and so ignores them (RFC 9110 §10.1.1).
        case (.expect, .request(.oneOne)): try takeExpectation(input, value)
        default: break
        }
    }

    private mutating func takeHost(_ input: RawSpan, _ value: Range<Int>) throws(Breach) {
        guard host == nil else { throw Breach(.repeatedHost, at: value.lowerBound) }
        guard Authority.isValid(input, value) else {
            throw Breach(.malformedHost, at: value.lowerBound)
        }
        host = input.string(value)
    }

    /// One field of digits.
    ///
    /// RFC 9112 §6.3 allows to take the same number twice for one, and no client that means well sends it.
    /// Servers do, so in responses it is.
    private mutating func takeContentLength(
        _ input: RawSpan,
        _ value: Range<Int>,
        mayBeRepeated: Bool
    ) throws(Breach) {
        guard mayBeRepeated || contentLength == nil else {
            throw Breach(.repeatedContentLength, at: value.lowerBound)
        }
        guard !isChunked else { throw Breach(.conflictingFraming, at: value.lowerBound) }
        guard mayBeRepeated else {
            contentLength = try Self.length(input, value)
            return
        }
        var elements = ListElements(value)
        while let element = elements.next(in: input) {
            let length = try Self.length(input, element)
            guard contentLength == nil || contentLength == length else {
                throw Breach(.repeatedContentLength, at: element.lowerBound)
            }
            contentLength = length
        }
    }

    private static func length(_ input: RawSpan, _ digits: Range<Int>) throws(Breach) -> UInt64 {
        guard !digits.isEmpty else { throw Breach(.malformedContentLength, at: digits.lowerBound) }
        var length: UInt64 = 0
        for index in digits {
            let byte = input.byte(at: index)
            guard byte.isDigit else {
                throw Breach(
                    byte == UInt8(ascii: ",") ? .repeatedContentLength : .malformedContentLength,
                    at: index
                )
            }
            let (product, over) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            guard !over, !carry else { throw Breach(.malformedContentLength, at: index) }
            length = sum
        }
        return length
    }

    /// `chunked`, alone: no other coding is spoken here, and a list can be read in two ways.
    private mutating func takeTransferEncoding(
        _ input: RawSpan,
        _ value: Range<Int>,
        _ version: HTTPVersion
    ) throws(Breach) {
        // HTTP/1.0 has no such field, so whoever forwarded it did not look at it (RFC 9112 §6.1).
        guard version >= .oneOne else {
            throw Breach(.transferEncodingInOldVersion, at: value.lowerBound)
        }
        guard contentLength == nil else { throw Breach(.conflictingFraming, at: value.lowerBound) }
        var elements = ListElements(value)
        var isLast = isChunked
        while let element = elements.next(in: input) {
            guard !element.isEmpty, !isLast else {
                throw Breach(.malformedTransferEncoding, at: element.lowerBound)
            }
            guard input.matches("chunked", in: element) else {
                throw Breach(Self.ruleBroken(byCoding: element, of: input), at: element.lowerBound)
            }
            isLast = true
        }
        isChunked = true
    }

    /// A token is a coding that is not spoken here; whatever else it is, it is no coding.
    private static func ruleBroken(byCoding element: Range<Int>, of input: RawSpan) -> HTTPRule {
        element.allSatisfy { input.byte(at: $0).isToken }
            ? .unsupportedTransferCoding : .malformedTransferEncoding
    }

    private mutating func takeConnection(_ input: RawSpan, _ value: Range<Int>) throws(Breach) {
        var elements = ListElements(value)
        while let element = elements.next(in: input) {
            if input.matches("keep-alive", in: element) {
                keepsAlive = true
            } else if input.matches("close", in: element) {
                closes = true
            } else if input.matches("upgrade", in: element) {
                upgrades = true
            } else {
                for index in element where !input.byte(at: index).isToken {
                    throw Breach(.malformedConnection, at: index)
                }
            }
        }
    }

    /// A list of `name` or `name/version`, both tokens (RFC 9110 §7.8).
    private mutating func takeUpgrade(_ input: RawSpan, _ value: Range<Int>) throws(Breach) {
        var elements = ListElements(value)
        while let element = elements.next(in: input) {
            if element.isEmpty { continue }
            var slashes = 0
            for index in element where !input.byte(at: index).isToken {
                slashes += 1
                guard input.byte(at: index) == UInt8(ascii: "/"), slashes == 1,
                    index > element.lowerBound, index < element.upperBound - 1
                else { throw Breach(.malformedUpgrade, at: index) }
            }
            protocols.append(input.string(element))
        }
    }

    private mutating func takeExpectation(_ input: RawSpan, _ value: Range<Int>) throws(Breach) {
        guard input.matches("100-continue", in: value) else {
            throw Breach(.unknownExpectation, at: value.lowerBound)
        }
        expectsContinue = true
    }
}
