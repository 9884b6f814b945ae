import ArgumentParser
import Relays

/// A speed of the command line in bytes a second, written as a ``ByteSize``: `10k`, `64Ki`, `1MB/s`.
struct ByteRate: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let bytesPerSecond: Int

    init?(argument: String) {
        let size = argument.hasSuffix("/s") ? String(argument.dropLast(2)) : argument
        guard let bytes = ByteSize.parse(size, 1...TokenBucket.rateLimit) else { return nil }
        bytesPerSecond = bytes
    }

    var description: String { "\(bytesPerSecond) bytes a second" }
}
