import Testing

@testable import NetworkTools

struct EchoWindowTests {
    @Test func anAnswerIsFirstOnceAndThenADuplicate() {
        var window = EchoWindow(capacity: 8)
        #expect(window.send(at: 100) == nil)
        #expect(window.answer(1) == .first(number: 0, sentAt: 100))
        #expect(window.answer(1) == .duplicate(number: 0, sentAt: 100))
        #expect(window.waitingCount == 0)
    }

    @Test func nobodyAskedForWhatWasNotSent() {
        var window = EchoWindow(capacity: 8)
        #expect(window.answer(1) == .unknown)
        _ = window.send(at: 0)
        for number in [0, 2, 3, 0xFFFF] as [UInt16] { #expect(window.answer(number) == .unknown) }
    }

    @Test func whatWasGivenUpComesLate() {
        var window = EchoWindow(capacity: 8)
        _ = window.send(at: 10)
        _ = window.send(at: 20)
        #expect(window.oldestWaitingSentAt() == 10)
        #expect(window.expire(sentUntil: 15) == 0)
        #expect(window.expire(sentUntil: 15) == nil)
        #expect(window.oldestWaitingSentAt() == 20)
        #expect(window.answer(1) == .late(number: 0, sentAt: 10))
        #expect(window.answer(1) == .duplicate(number: 0, sentAt: 10))
    }

    @Test func aRefusedRequestMayBeAnsweredAllTheSame() {
        var window = EchoWindow(capacity: 8)
        _ = window.send(at: 10)
        #expect(window.refuse(1) == true)
        #expect(window.refuse(1) == false)
        #expect(window.expire(sentUntil: 100) == nil)
        #expect(window.answer(1) == .first(number: 0, sentAt: 10))
        #expect(window.refuse(1) == false)
    }

    @Test func aFullWindowForgetsTheOldestAndSaysSo() {
        var window = EchoWindow(capacity: 2)
        #expect(window.send(at: 0) == nil)
        #expect(window.send(at: 1) == nil)
        #expect(window.send(at: 2) == 0)
        #expect(window.answer(1) == .unknown)
        _ = window.answer(2)
        #expect(window.send(at: 3) == nil)
    }

    @Test func sequenceNumbersWrapWithoutConfusion() {
        var window = EchoWindow(capacity: 16)
        for number in 0..<200_000 {
            _ = window.send(at: Int64(number))
            let sequence = EchoWindow.sequenceNumber(of: number)
            #expect(window.answer(sequence) == .first(number: number, sentAt: Int64(number)))
            // The one half a turn away was never asked for, or long ago.
            #expect(window.answer(sequence &+ 0x8000) == .unknown)
        }
    }

    @Test func anyOrderOfEventsKeepsTheCounts() {
        let seed: UInt64 = 77
        var generator = Generator(seed: seed)
        var window = EchoWindow(capacity: 32)
        var (sent, first, late, lost, forgotten) = (0, 0, 0, 0, 0)
        for now in 0..<50_000 {
            switch generator.next() % 4 {
            case 0:
                sent += 1
                if window.send(at: Int64(now)) != nil { forgotten += 1 }
            case 1, 2:
                let sequence = UInt16(truncatingIfNeeded: sent - Int(generator.next() % 40))
                switch window.answer(sequence) {
                case .first: first += 1
                case .late: late += 1
                default: break
                }
            default: if window.expire(sentUntil: Int64(now) - 50) != nil { lost += 1 }
            }
        }
        #expect(sent == first + lost + forgotten + window.waitingCount, "seed \(seed)")
        #expect(late <= lost)
    }
}
