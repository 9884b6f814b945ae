import Relays
import Sockets
import SocketsTesting
import Testing

/// A relay on real sockets, whose faults are asked for while it runs.
@Suite struct FaultyRelayTests {
    @Test func bytesAndHalfClosesPassBothWays() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            try await client.send("question")
            try await client.finish()
            #expect(try await server.text(100) == "question")
            try await server.send("answer")
            try await server.finish()
            #expect(try await client.text(100) == "answer")
        }
    }

    @Test func aResetPasses() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            client.reset()
            #expect(await server.ending() == .reset)
            let (other, its) = try await pair.streams()
            its.reset()
            #expect(await other.ending() == .reset)
        }
    }

    @Test func whoSendsToOneThatIsGoneIsTold() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            client.close()
            #expect(await server.ending() == nil)
            var failure: SocketError?
            while failure == nil {
                do throws(SocketError) {
                    try await server.send("more")
                    try await server.loop.sleep(until: .after(.milliseconds(1)))
                } catch {
                    failure = error
                }
            }
            #expect(failure?.code == .reset || failure?.code == .brokenPipe)
        }
    }

    @Test func aCutEndsBothSidesAndTheNextConnectionIsServed() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            try await client.send("one")
            #expect(try await server.text(3) == "one")
            pair.relay.cut()
            #expect(await client.ending() == nil)
            #expect(await server.ending() == nil)
            let (next, its) = try await pair.streams()
            try await next.send("two")
            #expect(try await its.text(3) == "two")
            pair.relay.cut(.reset)
            #expect(await next.ending() == .reset)
            #expect(await its.ending() == .reset)
        }
    }

    @Test func aBlackHoleIsSilentAndWhatLostSomethingIsResetWhenItHeals() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            let (other, its) = try await pair.streams()
            pair.relay.blackHole()
            try await client.send("lost")
            client.close()
            #expect(await server.isSilent())
            #expect(pair.relay.statistics().toTarget.swallowedSize == 4)
            pair.relay.heal()
            #expect(await server.ending() == .reset)
            try await other.send("still")
            #expect(try await its.text(5) == "still")
        }
    }

    @Test func oneDirectionCanVanishAlone() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            pair.relay.blackHole(.toClient)
            try await client.send("there")
            #expect(try await server.text(5) == "there")
            try await server.send("back")
            #expect(await client.isSilent())
        }
    }

    @Test func whatIsStalledComesLaterAndInOrder() async throws {
        try await RelayedPair.with { pair in
            let (client, server) = try await pair.streams()
            try await client.send("a")
            #expect(try await server.text(1) == "a")
            pair.relay.stall()
            try await client.send("b")
            try await server.send("x")
            try await client.finish()
            #expect(await server.isSilent())
            pair.relay.heal()
            #expect(try await server.text(100) == "b")
            #expect(try await client.text(1) == "x")
        }
    }

    @Test func whoComesWhileTheWayIsClosedIsConnectedWhenItIsOpen() async throws {
        try await RelayedPair.with { pair in
            pair.relay.blackHole()
            let client = try await StreamConnection.connect(to: pair.relay.endpoint)
            try await client.send("early")
            while pair.relay.statistics().clientCount == 0 {
                try await client.loop.sleep(until: .after(.milliseconds(1)))
            }
            pair.relay.heal()
            let server = try await pair.listener.accept()
            #expect(try await server.text(5) == "early")
        }
    }

    @Test func aTargetThatIsNotThereIsAReset() async throws {
        let listener = try await StreamListener.listen(on: "127.0.0.1:0")
        let nobody = Endpoint(listener.localAddress)
        listener.close()
        try await FaultyRelay.listen(to: nobody) { relay in
            do throws(SocketError) {
                let client = try await StreamConnection.connect(to: relay.endpoint)
                #expect(await client.ending() == .reset)
            } catch {
                // So soon that it was before the connection was looked at.
                #expect(error.code == .reset)
            }
            #expect(relay.statistics().refusedCount == 1)
        }
    }

    @Test func everyConnectionIsDroppedAtItsAge() async throws {
        let interval = Duration.milliseconds(50)
        try await RelayedPair.with(.init(dropInterval: interval, dropsWithReset: true)) { pair in
            for _ in 0..<3 {
                let start = ContinuousClock.now
                let (client, server) = try await pair.streams()
                #expect(await client.ending() == .reset)
                #expect(await server.ending() == .reset)
                #expect(start.duration(to: .now) >= interval)
            }
            while pair.relay.statistics().droppedCount < 3 { await Task.yield() }
        }
    }

    @Test func ofAHalfOpenConnectionOnlyTheTargetLearnsOfTheDrop() async throws {
        let faults = RelayFaults(dropInterval: .milliseconds(30), isHalfOpen: true)
        try await RelayedPair.with(faults) { pair in
            let (client, server) = try await pair.streams()
            #expect(await server.ending() == nil)
            server.close()
            try await client.send("is anybody there?")
            // Longer than a dropped connection is kept.
            #expect(await client.isSilent(for: .milliseconds(500)))
        }
    }

    @Test func ofAHalfOpenConnectionNobodyLearnsOfTheOthersEnd() async throws {
        try await RelayedPair.with(.init(isHalfOpen: true)) { pair in
            let (client, server) = try await pair.streams()
            server.reset()
            try await client.send("is anybody there?")
            #expect(await client.isSilent())
        }
    }

    @Test func whoeverDoesNotReadStopsTheSender() async throws {
        let faults = RelayFaults(delay: .seconds(60), heldSizeLimit: 1 << 20)
        try await RelayedPair.with(faults) { pair in
            let (client, _) = try await pair.streams()
            let bytes = [UInt8](repeating: 7, count: 64 << 20)
            let failure = await #expect(throws: SocketError.self) {
                try await withDeadline(.after(.seconds(2))) { try await client.send(bytes) }
            }
            #expect(failure?.code == .deadlinePassed)
            let received = pair.relay.statistics().toTarget.receivedSize
            // The limit, and one piece beyond.
            #expect(received <= 1 << 20 + 65_536, "\(received)")
            #expect(received > 1 << 19)
        }
    }

    @Test func delaysAreThoseThatWereAskedFor() async throws {
        try await RelayedPair.with(.init(delay: .milliseconds(40))) { pair in
            let (client, server) = try await pair.streams()
            let start = ContinuousClock.now
            try await client.send("a")
            #expect(try await server.text(1) == "a")
            try await server.send("b")
            #expect(try await client.text(1) == "b")
            #expect(start.duration(to: .now) >= .milliseconds(80))
        }
    }

    @Test func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                for faults in [RelayFaults(), RelayFaults(delay: .milliseconds(1), chunkSize: 3)] {
                    try await RelayedPair.with(faults) { pair in
                        for round in 0..<30 {
                            let (client, server) = try await pair.streams()
                            try await client.send("hello")
                            if round % 3 == 0 { pair.relay.cut(round % 2 == 0 ? .reset : .finish) }
                            if round % 3 == 1 { pair.relay.blackHole() }
                            client.close()
                            server.close()
                            pair.relay.heal()
                        }
                    }
                }
            }
        }
    }
}
