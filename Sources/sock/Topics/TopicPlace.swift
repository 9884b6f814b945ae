import ArgumentParser
import Sessions

/// A place in a topic, as `--from` takes it: `7`, or `4711:7` with the epoch, which says that offsets have
/// not begun anew since.
struct TopicPlace: ExpressibleByArgument, Equatable {
    /// Nil for the one that is now.
    let epoch: UInt64?
    let offset: UInt64

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let offset = parts.last.flatMap(Self.number) else {
            return nil
        }
        self.offset = offset
        if parts.count == 1 {
            epoch = nil
        } else {
            guard let epoch = Self.number(parts[0]) else { return nil }
            self.epoch = epoch
        }
    }

    /// What the wire can say: 62 bits, in digits alone.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt64(text),
            number < 1 << 62
        else { return nil }
        return number
    }
}
