/// How much a peer may send before it is refused: everything it could make grow has a limit here.
///
/// Sizes are in bytes and below 2^31; there can be fewer than 65,535 fields.
///
/// ```swift
/// var limits = HTTPLimits()
/// limits.bodySize = 1_048_576
/// var parser = RequestParser(limits: limits)
/// ```
public struct HTTPLimits: Hashable, Sendable {
    /// The longest request line or status line, in bytes without its CRLF; beyond it, 414 (or 501, if
    /// it is the method that does not end).
    ///
    /// Empty lines before a request may together be as long; beyond it, 400.
    /// RFC 9112 §3 recommends at least 8,000; 8 KiB is also what nginx and Apache take.
    public var startLineSize = 8192

    /// The most fields in one head or one trailer section; beyond it, 431.
    ///
    /// Apache takes 100; browsers send about 20.
    public var fieldCount = 128

    /// The size of all field lines of a head together, in bytes with their ends; beyond it, 431.
    ///
    /// 32 KiB is what nginx takes (four buffers of 8 KiB): large cookies and tickets fit.
    public var fieldsSize = 32_768

    /// The most bytes of body, without the chunks' heads; beyond it, 413.
    ///
    /// Unlimited by default, because a body is never kept here: whoever collects one needs a limit of
    /// its own. A `Content-Length` beyond it is refused with the head, before any body is read.
    public var bodySize = UInt64.max

    /// The most bytes of chunk extensions in one message; beyond it, 400.
    ///
    /// RFC 9112 §7.1.1 asks for a limit on their total, for a chunk of one byte may carry any number of
    /// them and nobody reads them. 4 KiB is arbitrary.
    public var chunkExtensionsSize = 4096

    /// The size of a trailer section, in bytes with line ends; beyond it, 431.
    ///
    /// Arbitrary: trailers are a checksum or a status.
    public var trailersSize = 8192

    /// The most interim (1xx) responses before the final one; beyond it, the response is refused.
    ///
    /// Arbitrary: a server sends one 100, or a few 103.
    public var interimResponseCount = 16

    /// The defaults, which are those for requests.
    public init() {}

    /// What a response may be made of: servers send more fields than browsers, of tests and of policies.
    ///
    /// 5,000 fields of together 300 KiB are what curl takes; the rest as for requests.
    public static var ofResponses: Self {
        var limits = Self()
        limits.fieldCount = 5000
        limits.fieldsSize = 307_200
        return limits
    }

    /// Limits are ours to set, so a senseless one is our mistake.
    func check() {
        for size in [startLineSize, fieldsSize, chunkExtensionsSize, trailersSize] {
            precondition(0...Int(Int32.max) ~= size, "a size limit is not in 0...2^31-1")
        }
        // HTTPFields holds fewer than 65,535.
        precondition(0..<65_535 ~= fieldCount, "the limit on fields is not in 0..<65,535")
    }
}
