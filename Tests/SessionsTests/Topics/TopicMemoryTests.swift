import Foundation
import Testing

@testable import Sessions

/// What entries take of memory is what they are charged, whatever they are like.
///
/// Each in a process of its own, whose pages nobody else uses.
@Suite struct TopicMemoryTests {
    @Test func entriesOfOneByteTakeWhatTheyAreCharged() async {
        await #expect(processExitsWith: .success) { try await Self.check(size: 1, topics: 3) }
    }

    @Test func entriesOfALineTakeWhatTheyAreCharged() async {
        await #expect(processExitsWith: .success) { try await Self.check(size: 100, topics: 3) }
    }

    @Test func entriesLargerThanAChunkTakeWhatTheyAreCharged() async {
        await #expect(processExitsWith: .success) { try await Self.check(size: 5_000, topics: 3) }
    }

    /// Topics take memory too, before they have an entry worth the name.
    @Test func manyTopicsTakeWhatTheyAreCharged() async {
        await #expect(processExitsWith: .success) { try await Self.check(size: 1, topics: .max) }
    }

    /// Small, because millions of entries take a debug build a while; far more than what else changes.
    private static let limit = 4_194_304

    /// Fills a store until it forgets or refuses, and compares the process's memory before and after.
    private static func check(size: Int, topics: Int) async throws {
        // Once, so that the code is there too.
        _ = try await fill(limit: 100_000, size, topics)
        let before = try residentSize
        let (store, count) = try await fill(limit: limit, size, topics)
        let used = try residentSize - before
        let words = "\(count) entries of \(size) bytes take \(used) of \(limit)"
        print(words)
        precondition(used < limit * 11 / 10, words)
        // Nor is most of it left unused.
        precondition(used > limit * 4 / 10, words)
        withExtendedLifetime(store) {}
    }

    private static func fill(
        limit: Int,
        _ size: Int,
        _ topics: Int
    ) async throws -> (MemoryTopicStore, count: Int) {
        var limits = MemoryTopicStore.Limits()
        limits.topicLimit = .max
        limits.entryLimit = .max
        limits.topicSizeLimit = .max
        limits.sizeLimit = limit
        let store = MemoryTopicStore(limits)
        let entry = [UInt8](repeating: 7, count: size)
        for count in 0... {
            let name = WireName("topic \(count % topics)")
            do {
                let place = try await store.append(entry, to: name, isRetained: false)
                // Now and then is enough.
                guard place.offset % 100 == 99 else { continue }
                guard try await store.bounds(of: name).firstOffset == 0 else {
                    return (store, count + 1)
                }
            } catch is CallRefusal {
                return (store, count)
            }
        }
        return (store, 0)
    }

    /// The second number of /proc/self/statm, in pages of 4 KiB.
    private static var residentSize: Int {
        get throws {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * 4_096
        }
    }
}
