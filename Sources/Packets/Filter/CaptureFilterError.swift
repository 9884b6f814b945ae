import Addresses

/// What is wrong with a capture filter, and where.
///
/// Printed, it points at the mistake:
/// ```
/// invalid filter: port 99999 is over 65535
///   tcp port 99999
///            ^~~~~
/// ```
public struct CaptureFilterError: Error, Hashable, Sendable {
    /// The same mistake as the address types tell theirs: they know how to print it safely.
    private let mistake: AddressParseError

    init(_ mistake: AddressParseError) { self.mistake = mistake }

    init(_ text: String, _ reason: String, at offset: Int, length: Int) {
        let parser = AddressParser(clipping: text, for: "filter")
        self.init(parser.failure(reason, at: offset, length: length))
    }

    /// Why it is wrong.
    public var reason: String { mistake.reason }

    /// Where the mistake begins, in bytes of UTF-8 from the start of the filter.
    public var offset: Int { mistake.offset }

    /// How many bytes the mistake covers; 0 where something is missing.
    public var length: Int { mistake.length }

    /// The error on one line.
    public var message: String { mistake.message }
}

extension CaptureFilterError: CustomStringConvertible {
    /// The error on three lines: the reason, the filter, and a mark under the mistake.
    public var description: String { mistake.description }
}
