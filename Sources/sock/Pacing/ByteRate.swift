import ArgumentParser
import Relays

/// A speed of the command line in bytes a second, written as a ``ByteSize``: `10k`, `64Ki`.
struct ByteRate: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let bytesPerSecond: Int

    init?(argument: String) {
        guard let bytes = ByteSize.parse(argument, limit: TokenBucket.rateLimit) else { return nil }
        bytesPerSecond = bytes
    }

    var description: String { "\(bytesPerSecond) bytes a second" }
}
