import Testing

@testable import sock

@Suite struct AnswerProgressTests {
    @Test func aWaitEndsWhenEnoughHasCome() async {
        let progress = AnswerProgress()
        await progress.wait(for: 0)
        async let waited: Void = progress.wait(for: 3)
        progress.add(2)
        progress.add(1)
        await waited
        await progress.wait(for: 3)
        #expect(!progress.hasEnded)
    }

    @Test func aWaitEndsWithTheAnswer() async {
        let progress = AnswerProgress()
        async let waited: Void = progress.wait(for: 3)
        progress.end()
        await waited
        await progress.wait(for: 1_000_000)
        #expect(progress.hasEnded)
    }

    @Test func aWaitEndsWithTheTask() async {
        let progress = AnswerProgress()
        let waiting = Task { await progress.wait(for: 1) }
        waiting.cancel()
        await waiting.value
    }
}
