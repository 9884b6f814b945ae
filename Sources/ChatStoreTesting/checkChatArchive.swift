public import ChatCore
public import ChatStore

/// Tries the promises of ``ChatArchive`` on an engine, by doing the same at random to it and to a
/// model, and comparing all that can be read.
///
/// ```swift
/// try checkChatArchive(seed: 7) { MemoryArchive(id: $0) }
/// ```
///
/// - Parameters:
///   - seed: the same seed does the same.
///   - steps: how much is done.
///   - make: makes an empty archive of a log.
///   - reopen: closes an archive and opens it again, as a new process would; the default keeps it.
/// - Throws: ``ArchiveViolation`` with what is not as it should be, or what the engine throws.
public func checkChatArchive(
    seed: UInt64,
    steps: Int = 200,
    _ make: (LogID) throws -> any ChatArchive,
    reopening reopen: (any ChatArchive) throws -> any ChatArchive = { $0 }
) throws {
    let id = LogID(seed)
    var random = ArchiveRandom(seed: seed)
    var comparison = ArchiveComparison(
        archive: try make(id),
        model: MemoryArchive(id: id),
        seed: seed
    )
    try comparison.check(comparison.archive.id == id, "the log is called what it was made as")
    for step in 0..<steps {
        comparison.step = step
        switch Int.random(in: 0..<20, using: &random.generator) {
        case 0: comparison.archive = try reopen(comparison.archive)
        case 1: try comparison.retain(random.retention(comparison.model))
        case 2: try comparison.misuse(random.change(after: comparison.model))
        default: try comparison.store(random.change(after: comparison.model))
        }
        try comparison.compare(&random)
    }
    comparison.archive = try reopen(comparison.archive)
    try comparison.compare(&random)
}

/// A promise of ``ChatArchive`` that an engine does not keep.
public struct ArchiveViolation: Error, CustomStringConvertible {
    /// What is not as it should be, after which step of which seed.
    public let description: String
}
