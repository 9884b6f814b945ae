import Foundation
import Packets
import Sockets
import Testing

@testable import sock

struct ConsumerThreadTests {
    private static func chunk(_ count: Int) -> PacketChunk {
        let link = LinuxCookedHeader(
            type: .ipv4,
            interfaceIndex: 1,
            hardwareType: 1,
            direction: .toHost
        )
        let packet = ReceivedPacket(link: link, receiveTime: .zero, count: 1, size: 1)
        let record = PacketChunk.Record(packet: packet, range: 0..<1)
        return PacketChunk(Array(repeating: record, count: count), [0])
    }

    private static let ending = CaptureEnding(time: 0, droppedCount: 0)

    @Test func whatDoesNotFitIsLostAndToldWhereItIsMissing() async throws {
        let told = Told()
        let thread = try ConsumerThread(Slow(told), queuedSizeLimit: 1) {
            Issue.record("nothing failed")
        }
        thread.add(Self.chunk(2))
        // Full now, until the first is done.
        thread.add(Self.chunk(3))
        thread.add(Self.chunk(4))
        told.mayGoOn.signal()
        #expect(try await thread.finish(Self.ending) == 7)
        #expect(told.events.withLock { $0 } == ["begin", "take 2 after 0", "end after 7"])
    }

    @Test func aFailureStopsTheCaptureAndIsThrownAtItsEnd() async throws {
        let told = Told()
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let thread = try ConsumerThread(Slow(told, failing: true)) { stop.finish() }
        thread.add(Self.chunk(1))
        told.mayGoOn.signal()
        for await _ in stops {}
        thread.add(Self.chunk(1))
        await #expect {
            _ = try await thread.finish(Self.ending)
        } throws: { ($0 as? Failure)?.message == "full" }
        #expect(told.events.withLock { $0 } == ["begin", "take 1 after 0"])
    }
}

/// What a consumer was told, and when it may go on.
private final class Told: Sendable {
    let events = Lock<[String]>([])
    let mayGoOn = sock.Semaphore()

    func add(_ event: String) { events.withLock { $0.append(event) } }
}

/// A consumer that takes its time.
private struct Slow: PacketConsumer {
    let told: Told
    let isFailing: Bool

    init(_ told: Told, failing: Bool = false) {
        self.told = told
        isFailing = failing
    }

    func begin() { told.add("begin") }

    func take(_ chunk: PacketChunk, lostCount: Int) throws(Failure) {
        told.mayGoOn.wait()
        told.add("take \(chunk.records.count) after \(lostCount)")
        if isFailing { throw Failure(.failed, "full") }
    }

    func end(_ ending: CaptureEnding, lostCount: Int) { told.add("end after \(lostCount)") }
}
