import Testing

@testable import Sockets

@Suite("The resolver")
struct ResolverTests {
    @Test(arguments: ["localhost", "LOCALHOST", "localhost.", "x.localhost", "a.b.LocalHost."])
    func givesTheLoopbackAddressesForLocalhost(name: String) async throws {
        let found = try await Resolver.shared.resolve(name, port: 80)
        #expect(found == [.v4(.loopback, port: 80), .v6(.loopback, port: 80)])
    }

    @Test(arguments: ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::1"])
    func readsAddressesWithoutLookingUp(text: String) async throws {
        let found = try await Resolver.shared.resolve(text, port: 9)
        #expect(found == [SocketAddress(try IPAddress(text), port: 9)])
    }

    /// RFC 6761 §6.4: names under "invalid" never exist, whoever is asked.
    @Test func saysWhichNameIsUnknown() async throws {
        do {
            _ = try await withDeadline(.after(.seconds(5))) {
                try await Resolver.shared.resolve("no-such-host.invalid")
            }
            Issue.record("it was found")
        } catch let error as SocketError {
            // Without a name server it cannot be said that the name does not exist.
            #expect(
                [.nameNotFound, .noAddress, .resolutionFailed, .deadlinePassed].contains(
                    error.code
                ),
                "\(error)"
            )
            #expect(error.operation == .resolve)
            #expect(error.detail?.hasPrefix("no-such-host.invalid") == true)
            #expect(error.description.hasPrefix("resolve: "))
        }
    }

    /// A name ends at a NUL for the C library, and would be looked up cut.
    @Test func refusesANameWithANUL() async throws {
        await expect(.invalidArgument) {
            _ = try await Resolver.shared.resolve("localhost\0.example.org")
        }
    }

    /// Whatever the name server does: the look-up's thread goes on, the caller does not wait.
    @Test func waitsNoLongerThanTheDeadline() async throws {
        let error = await expect(.deadlinePassed) {
            try await withDeadline(Deadline.now) {
                _ = try await Resolver().resolve("deadline.example.invalid")
            }
        }
        #expect(error?.detail == "deadline.example.invalid")
    }

    @Test func endsWithItsTask() async throws {
        let looking = Task {
            while !Task.isCancelled { await Task.yield() }
            return await expect(.cancelled) {
                _ = try await Resolver().resolve("cancelled.example.invalid")
            }
        }
        looking.cancel()
        #expect(await looking.value?.operation == .resolve)
    }

    @Test func holdsAtMostItsLimitOfWaitingNames() async throws {
        let resolver = Resolver()
        let count = Resolver.queueLimit + Resolver.threadLimit + 200
        let errors = await withTaskGroup(of: SocketError?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do throws(SocketError) {
                        _ = try await withDeadline(.after(.seconds(1))) {
                            () async throws(SocketError) in
                            try await resolver.resolve("many-\(number).invalid")
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.count == count && !errors.contains { $0 == nil })
    }

    @Test func alternatesBetweenTheFamiliesFromTheFirstOne() throws {
        let four = try (1...3).map { SocketAddress(try IPAddress("192.0.2.\($0)"), port: 1) }
        let six = try (1...2).map { SocketAddress(try IPAddress("2001:db8::\($0)"), port: 1) }
        #expect(
            Resolver.interleaved(six + four) == [six[0], four[0], six[1], four[1], four[2]]
        )
        #expect(Resolver.interleaved(four + six) == [four[0], six[0], four[1], six[1], four[2]])
        #expect(Resolver.interleaved(four) == four)
        #expect(Resolver.interleaved([]) == [])
    }

    // MARK: Endpoints

    @Test(arguments: [
        "udp://127.0.0.1:53", "tls://127.0.0.1:443", "tls://example.org:443",
        "ws://127.0.0.1:80", "unix-datagram:/tmp/x",
    ])
    func refusesEndpointsThatAreNoStreams(text: String) async throws {
        let endpoint = try Endpoint(text)
        for attempt in [
            { _ = try await StreamConnection.connect(to: endpoint) },
            { _ = try await StreamListener.listen(on: endpoint) },
        ] as [() async throws -> Void] {
            let error = await expect(.unsupported, attempt)
            #expect(error?.detail == "\(endpoint) is not a stream endpoint")
        }
    }

    @Test func refusesToConnectToEveryAddress() async throws {
        let error = await expect(.invalidArgument) {
            _ = try await StreamConnection.connect(to: "*:1")
        }
        #expect(error?.detail?.contains("good to listen on") == true)
    }
}
