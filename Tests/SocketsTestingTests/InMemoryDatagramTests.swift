import Sockets
import SocketsTesting
import Testing

@Suite("In-memory datagrams", .serialized)
struct InMemoryDatagramTests {
    private let promises = DatagramPromises(
        sizeLimit: 65_507,
        keepsOrder: true,
        sendingWaits: true
    )

    @Test func theyKeepTheContract() async throws {
        try await checkDatagramTransport("memory", promising: promises) {
            InMemoryDatagrams.pair()
        }
    }

    @Test func aQueueOfOneKeepsTheContract() async throws {
        var promises = promises
        promises.window = 1
        try await checkDatagramTransport("memory of one", promising: promises, races: 64) {
            InMemoryDatagrams.pair(capacity: 1)
        }
    }

    @Test func onALoopTheyKeepTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkDatagramTransport(
            "memory, on a loop",
            promising: promises,
            on: loops.next()
        ) {
            InMemoryDatagrams.pair()
        }
    }

    @Test func aNetworkWithoutFaultsKeepsTheContract() async throws {
        try await checkDatagramTransport("lossless", promising: promises, races: 64) {
            let (a, b) = InMemoryDatagrams.pair()
            return (LossyDatagrams(a, .init()), LossyDatagrams(b, .init()))
        }
    }
}

struct LossyDatagramTests {
    private func sendAndReceive(
        _ faults: LossyDatagrams<InMemoryDatagrams>.Faults,
        seed: UInt64
    ) async throws -> (arrived: [UInt8], counts: LossyDatagrams<InMemoryDatagrams>.Counts) {
        let (a, b) = InMemoryDatagrams.pair(capacity: 1000)
        let bad = LossyDatagrams(a, faults, seed: seed)
        for number in 0..<200 { try await bad.send([UInt8(number)]) }
        var arrived: [UInt8] = []
        var memory: [UInt8] = [0]
        while true {
            do {
                _ = try await withDeadline(.now) { try await b.receive(into: &memory) }
                arrived.append(memory[0])
            } catch let error as SocketError where error.code == .deadlinePassed {
                return (arrived, bad.counts)
            }
        }
    }

    @Test func everyDatagramIsAccountedFor() async throws {
        let faults = LossyDatagrams<InMemoryDatagrams>.Faults(
            loss: 0.2,
            duplication: 0.1,
            reordering: 0.2
        )
        let (arrived, counts) = try await sendAndReceive(faults, seed: 7)
        #expect(counts.sent == 200)
        #expect(counts.lost > 10 && counts.doubled > 5 && counts.heldBack > 10)
        let left = counts.sent - counts.lost + counts.doubled - arrived.count
        // One may be held back at the end.
        #expect(left == 0 || left == 1)
        #expect(zip(arrived, arrived.dropFirst()).contains { $0 > $1 }, "nothing was overtaken")
    }

    @Test func theSameSeedBringsTheSameNetwork() async throws {
        let faults = LossyDatagrams<InMemoryDatagrams>.Faults(loss: 0.3, reordering: 0.3)
        let first = try await sendAndReceive(faults, seed: 42)
        let second = try await sendAndReceive(faults, seed: 42)
        let other = try await sendAndReceive(faults, seed: 43)
        #expect(first.arrived == second.arrived && first.counts == second.counts)
        #expect(first.arrived != other.arrived)
    }

    @Test func aPerfectNetworkChangesNothingAndADeadOneLosesAll() async throws {
        #expect(try await sendAndReceive(.init(), seed: 1).arrived == (0..<200).map { UInt8($0) })
        #expect(try await sendAndReceive(.init(loss: 1), seed: 1).arrived.isEmpty)
    }
}
