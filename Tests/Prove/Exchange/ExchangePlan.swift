/// What one end sends to the other: mostly a log, and some of everything else.
struct ExchangePlan: Sendable {
    /// Of a log of which every message comes.
    let auditCount: Int
    /// Of a log whose sender drops what its reader is too slow for.
    var newsCount: Int { auditCount * 4 / 100 }
    /// Of a state.
    var valueCount: Int { auditCount * 5 / 100 }
    var datagramCount: Int { auditCount * 4 / 100 }
    var callCount: Int { auditCount * 2 / 100 }

    /// Keys of the state.
    static let keyCount = 16
    /// News come in so many bursts, each of more than its queue holds.
    static let burstCount = 8
    var burstSize: Int { newsCount / Self.burstCount }
    var queueCountLimit: Int { max(1, burstSize / 2) }

    /// Calls that are under way at a time.
    static let callerCount = 8
    /// One of so many calls has so little time that some of them are too late.
    static let hurriedCallInterval = 20
    static let hurry = Duration.milliseconds(8)
}

/// The bytes of a message: its number, and others that follow from it.
enum NumberedPayload {
    /// 64 bytes.
    static let wordCount = 8

    static func make(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wordCount * 8)
        for index in 0..<wordCount {
            let word = UInt64(number) &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }

    /// The number; nil unless every byte is what it was.
    static func number(of bytes: [UInt8]) -> Int? {
        let number = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: number), make(number) == bytes else { return nil }
        return number
    }
}

/// Numbers, one behind the other, as a message.
enum NumberList {
    static func bytes(_ numbers: [Int]) -> [UInt8] {
        Array(numbers.map { String($0) }.joined(separator: " ").utf8)
    }

    static func numbers(_ bytes: [UInt8]) -> [Int] {
        String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    }
}
