/// A rule of ``Sockets/ByteStream`` that a stream does not keep.
///
/// It prints on a few lines: which stream, which rule, what happened, and how to see it again.
public struct ContractViolation: Error, Sendable, CustomStringConvertible {
    /// The stream under test, as the caller of `checkByteStream` named it.
    public let label: String

    /// The rule, as a sentence.
    public let rule: String

    /// What happened instead.
    public let detail: String

    /// The seed of the whole run; with `SOCK_TEST_SEED` set to it, the same draws come again.
    public let seed: UInt64

    /// Which of the rule's races it was, from zero.
    public let race: Int

    /// Everything, in words.
    public var description: String {
        """
        \(label) breaks the rule “\(rule)”: \(detail)
        (race \(race); repeat with SOCK_TEST_SEED=0x\(String(seed, radix: 16)))
        """
    }
}

/// What a rule's body throws when it finds something wrong.
struct Broken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Throws ``Broken`` unless something holds.
func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !condition { throw Broken(otherwise()) }
}
