import Files
import Testing

@testable import HTTP

@Suite struct ValidatorsTests {
    private let file = FileStatus(
        kind: .file,
        inode: 10,
        size: 255,
        modified: .init(seconds: 1_000, nanoseconds: 5),
        changed: .init(seconds: 2_000, nanoseconds: 16)
    )

    private func tag(_ file: FileStatus, at now: Int) -> EntityTag {
        Validators(file, now: HTTPDate(secondsSinceEpoch: now)).tag
    }

    @Test func theTagIsInodeSizeAndChangeTime() {
        #expect(tag(file, at: 3_000).description == "\"a-ff-7d0-10\"")
        var other = file
        other.changed.nanoseconds = 17
        #expect(tag(other, at: 3_000) != tag(file, at: 3_000))
        other = file
        other.modified.seconds = 1
        #expect(tag(other, at: 3_000) == tag(file, at: 3_000))
    }

    @Test func whatWasJustChangedHasAWeakTag() {
        #expect(tag(file, at: 2_000).isWeak)
        #expect(tag(file, at: 2_000 + Validators.settlingTime).isWeak)
        #expect(!tag(file, at: 2_001 + Validators.settlingTime).isWeak)
        // A clock that was set back says nothing either.
        #expect(tag(file, at: 500).isWeak)
    }

    @Test func theDateIsNeverInTheFuture() {
        let validators = Validators(file, now: HTTPDate(secondsSinceEpoch: 900))
        #expect(validators.lastModified.secondsSinceEpoch == 900)
        #expect(!validators.isDateStrong)
    }

    @Test func timesOfAnySizeAreAnswered() {
        var strange = file
        strange.changed.seconds = .min
        strange.modified.seconds = .min
        #expect(tag(strange, at: 3_000).isWeak)
        strange.changed.seconds = .max
        #expect(tag(strange, at: 3_000).isWeak)
    }
}
