import ArgumentParser

/// A speed of the command line in bytes a second, written as a ``ByteSize``: `10k`, `64Ki`.
struct ByteRate: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let bytesPerSecond: Int

    /// The fastest that can be asked for.
    ///
    /// Arbitrary: 10 GB/s, more than one connection carries.
    static let limit = 10_000_000_000

    init?(argument: String) {
        guard let bytes = ByteSize.parse(argument, limit: Self.limit) else { return nil }
        bytesPerSecond = bytes
    }

    var description: String { "\(bytesPerSecond) bytes a second" }
}
