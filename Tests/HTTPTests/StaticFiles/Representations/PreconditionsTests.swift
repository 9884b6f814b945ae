import Files
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct PreconditionsTests {
    private let now = HTTPDate(secondsSinceEpoch: 1_700_000_000)
    private let date = HTTPDate(secondsSinceEpoch: 1_600_000_000)
    private var before: String { HTTPDate(secondsSinceEpoch: 1_599_999_999).description }
    private var current: Validators {
        Validators(
            FileStatus(
                kind: .file,
                inode: 1,
                size: 1,
                modified: .init(seconds: 1_600_000_000, nanoseconds: 9),
                changed: .init(seconds: 1_600_000_000, nanoseconds: 9)
            ),
            now: now
        )
    }
    private var tag: String { current.tag.description }

    private func outcome(
        _ fields: HTTPFields,
        _ method: HTTPRequest.Method = .get,
        exists: Bool = true
    ) -> Preconditions.Outcome {
        Preconditions.evaluate(
            request(method, "/", fields),
            current: exists ? current : nil,
            now: now
        )
    }

    private let goOn = Preconditions.Outcome.proceed(honoursRange: true)
    private let goOnWhole = Preconditions.Outcome.proceed(honoursRange: false)

    @Test func withoutConditionsThereAreNone() {
        #expect(outcome([:]) == goOn)
        #expect(outcome([:], .put, exists: false) == goOn)
    }

    @Test func ifMatchComparesStrongly() {
        #expect(outcome([.ifMatch: tag]) == goOn)
        #expect(outcome([.ifMatch: "*"]) == goOn)
        #expect(outcome([.ifMatch: "\"x\", \(tag)"]) == goOn)
        #expect(outcome([.ifMatch: "\"x\""]) == .failed)
        #expect(outcome([.ifMatch: "W/\(tag)"]) == .failed)
        #expect(outcome([.ifMatch: "nonsense"]) == .failed)
        #expect(outcome([.ifMatch: "*"], .put, exists: false) == .failed)
    }

    @Test func ifUnmodifiedSinceIsForThoseWithoutIfMatch() {
        #expect(outcome([.ifUnmodifiedSince: date.description]) == goOn)
        #expect(outcome([.ifUnmodifiedSince: before]) == .failed)
        #expect(outcome([.ifUnmodifiedSince: "yesterday"]) == goOn)
        #expect(outcome([.ifMatch: tag, .ifUnmodifiedSince: before]) == goOn)
    }

    @Test func ifNoneMatchComparesWeakly() {
        #expect(outcome([.ifNoneMatch: tag]) == .notModified)
        #expect(outcome([.ifNoneMatch: "W/\(tag)"], .head) == .notModified)
        #expect(outcome([.ifNoneMatch: "*"], .put) == .failed)
        #expect(outcome([.ifNoneMatch: "*"], .put, exists: false) == goOn)
        #expect(outcome([.ifNoneMatch: "\"x\""]) == goOn)
    }

    @Test func ifModifiedSinceIsForReadersWithoutIfNoneMatch() {
        #expect(outcome([.ifModifiedSince: date.description]) == .notModified)
        #expect(outcome([.ifModifiedSince: before]) == goOn)
        #expect(outcome([.ifModifiedSince: "Sunday"]) == goOn)
        #expect(outcome([.ifModifiedSince: date.description], .put) == goOn)
        #expect(outcome([.ifNoneMatch: "\"x\"", .ifModifiedSince: date.description]) == goOn)
    }

    @Test func theOrderIsThatOfTheStandard() {
        // A failed If-Match is 412, whatever the others would say.
        #expect(outcome([.ifMatch: "\"x\"", .ifNoneMatch: tag]) == .failed)
        #expect(outcome([.ifUnmodifiedSince: before, .ifNoneMatch: tag]) == .failed)
        // A true If-Match goes on to If-None-Match.
        #expect(outcome([.ifMatch: tag, .ifNoneMatch: tag]) == .notModified)
        // If-Range is looked at last, and never fails the request.
        #expect(outcome([.ifNoneMatch: tag, .ifRange: "\"x\""]) == .notModified)
    }

    @Test func ifRangeWantsTheVeryBytes() {
        #expect(outcome([.ifRange: tag]) == goOn)
        #expect(outcome([.ifRange: "W/\(tag)"]) == goOnWhole)
        #expect(outcome([.ifRange: "\"x\""]) == goOnWhole)
        #expect(outcome([.ifRange: date.description]) == goOn)
        #expect(outcome([.ifRange: before]) == goOnWhole)
        // Later than the file is not the same file's date.
        #expect(outcome([.ifRange: now.description]) == goOnWhole)
        #expect(outcome([.ifRange: "nonsense"]) == goOnWhole)
    }
}
