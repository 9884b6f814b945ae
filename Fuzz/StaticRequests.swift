@testable import HTTP

// What a file server reads of a request: paths, pages, ranges, dates, entity tags, qualities. Steered
// by: which (1 byte), the size of the file (2).

/// No path leads out of the root, no range out of the file; what is printed reads the same.
func fuzz(_ input: inout FuzzInput) {
    let kind = input.byte()
    let size = Int(input.byte()) << 8 | Int(input.byte())
    let text = input.text()
    switch kind % 5 {
    case 0: checkPath(text)
    case 1: checkRanges(text, size)
    case 2: checkDate(text)
    case 3: checkTags(text)
    default: _ = QualityValues(parsing: text).weight(ofFirst: "gzip", "*")
    }
}

private func checkPath(_ text: String) {
    guard let path = try? RequestPath(parsing: text) else { return }
    for segment in path.segments {
        check(!segment.isEmpty, "an empty name")
        check(segment != Array(".".utf8) && segment != Array("..".utf8), "a name that is a way")
        check(!segment.contains(UInt8(ascii: "/")) && !segment.contains(0), "a name of two")
    }
    check(path.relativePath.first != UInt8(ascii: "/"), "a path from another root")
    check(path.relativePath.count <= RequestPath.sizeLimit, "a path over the limit")
    // Encoded it may be three times as long, and then it is refused for that.
    guard let again = try? RequestPath(parsing: path.asDirectory) else {
        fatalError("it does not read what it redirects to: \(path.asDirectory)")
    }
    check(again.segments, equals: path.segments, "it redirects to another place")
    check(again.query, equals: path.query, "it redirects to another query")
    check(again.isDirectory, "it redirects to a file")
    guard let place = try? ListingPlace(parsing: path.query), place != .start else { return }
    guard let same = try? ListingPlace(parsing: place.link) else {
        fatalError("it does not read its own link: \(place.link)")
    }
    check(same, equals: place, "\(place.link) leads to another page")
}

private func checkRanges(_ text: String, _ size: Int) {
    guard case .parts(let ranges) = ByteRanges(parsing: text, size: size) else { return }
    check(1...ByteRanges.countLimit ~= ranges.count, "\(ranges.count) parts")
    for (index, range) in ranges.enumerated() {
        check(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "\(range)")
        for other in ranges[..<index] { check(!other.overlaps(range), "\(other) and \(range)") }
    }
}

private func checkDate(_ text: String) {
    // Arbitrary: 2026.
    let now = HTTPDate(secondsSinceEpoch: 1_790_000_000)
    guard let date = HTTPDate(parsing: text, now: now) else { return }
    check(HTTPDate(parsing: "\(date)", now: now), equals: date, "\(date) reads otherwise")
}

private func checkTags(_ text: String) {
    guard let tag = EntityTag(parsing: text) else { return }
    check(EntityTag(parsing: "\(tag)"), equals: tag, "\(tag) reads otherwise")
    guard case let list = EntityTagList(parsing: text), case .tags(let tags) = list else { return }
    check(tags, equals: [tag], "one tag is not a list of it")
}
