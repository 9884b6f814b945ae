internal import Sockets

/// A wait between two racing steps; drawn from the seed, so that it can be repeated.
enum Pause: Sendable {
    case none
    case yields(Int)
    case spin(nanoseconds: Int)

    static func drawn(from random: inout SeededRandom) -> Pause {
        switch Int.random(in: 0...3, using: &random) {
        case 0: .none
        case 1: .yields(Int.random(in: 1...4, using: &random))
        // Up to 40 µs: about what a wake-up across threads takes.
        default: .spin(nanoseconds: Int.random(in: 0...40_000, using: &random))
        }
    }

    func run() async {
        switch self {
        case .none: break
        case .yields(let count): for _ in 0..<count { await Task.yield() }
        case .spin(let nanoseconds):
            let end = ContinuousClock.now + .nanoseconds(nanoseconds)
            while ContinuousClock.now < end {}
        }
    }
}

/// How an operation is cut short.
struct Interruption: Sendable {
    var cancelAfter: Pause?
    var deadline: Duration?

    /// What the operation may fail with then.
    var codes: [SocketError.Code] {
        (cancelAfter == nil ? [] : [.cancelled]) + (deadline == nil ? [] : [.deadlinePassed])
    }

    enum Kind: String, CaseIterable {
        case cancellation = "cancellation"
        case deadline = "a deadline"
        case both = "cancellation and a deadline"
    }
}

extension Trial {
    /// An interruption of a kind, at a drawn time.
    func interruption(_ kind: Interruption.Kind) -> Interruption {
        // From zero, which has passed at once, to more than a wake-up takes.
        let time = Duration.nanoseconds(draw(0...draw([5000, 20_000, 100_000])))
        return Interruption(
            cancelAfter: kind == .deadline ? nil : pause(),
            deadline: kind == .cancellation ? nil : time
        )
    }
}
