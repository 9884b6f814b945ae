import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct TraceTerminalTests {
    @Test func theTableIsDrawnInPlaceAndStays() async throws {
        try await RoutedNetwork.with { network in
            let screen = try TmuxScreen(columns: 80, rows: 10)
            defer { screen.close() }
            // Nobody has the address: the last router says so after the three seconds it looks.
            let window = try screen.run(
                "ip netns exec \(network.host.name) \(SockProgram.path) trace -m 20 10.0.3.77"
            )
            try window.shows(" 3   .  .")
            try window.shows("ended with 1")
            let rows = window.text.split(separator: "\n")
            #expect(rows[0].hasPrefix("trace to 10.0.3.77, 20 hops at most"))
            #expect(rows[1].hasPrefix(" 1  10.0.1.1 "))
            #expect(rows[2].hasPrefix(" 2  10.0.2.2 "))
            #expect(rows[3].hasPrefix(" 3  10.0.2.2 ") && rows[3].contains(" ms !H"))
            #expect(rows[4].hasPrefix("path MTU 1400"))
        }
    }
}
