import Sessions
import Sockets
import Testing

@Suite struct LedgerTests {
    @Test func bothEndsWriteLedgersThatBalance() async throws {
        let padding = String(repeating: " ", count: 200)
        let folder = try TemporaryFolder()
        let path = folder.path
        let bench = SessionBench { stream, number in
            CutStream(stream, after: 5_000 * number, .receiving)
        }
        var server = SessionServerConfiguration.testing
        server.ledger = .folder(path)
        var client = SessionClientConfiguration()
        client.ledger = .folder(path)
        try await bench.serve(server) { session in
            var handlers = SessionHandlers()
            handlers.log("in") { log in for try await _ in log {} }
            let log = try await session.log("out")
            async let serving: Void = session.serve(handlers)
            for number in 0..<500 { try await log.post("server \(number)" + padding) }
            try await log.finish()
            try await serving
        } during: {
            try await bench.connect(client) { session in
                var handlers = SessionHandlers()
                handlers.log("out") { log in for try await _ in log {} }
                let log = try await session.log("in")
                async let serving: Void = session.serve(handlers)
                for number in 0..<500 { try await log.post("client \(number)" + padding) }
                try await log.finish()
                await session.close()
                try await serving
            }
            while !bench.server.sessions.isEmpty { await Task.yield() }
        }
        let names = folder.names
        try #require(names.count == 2)
        let problems = try SessionLedgers.verify("\(path)/\(names[0])", "\(path)/\(names[1])")
        #expect(problems == [])
        #expect(bench.connectionCount > 2)
    }
}
