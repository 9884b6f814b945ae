import Glibc
import Sockets
import Testing

/// The Python client's core against the Swift machine, over a line that breaks at any byte.
@Suite(.enabled(if: Programs.python, "python3 3.11 or later is missing"))
struct PythonSimulationTests {
    /// Arbitrary: some seconds.
    ///
    /// `SEEDS` in the environment is another.
    private static let seedCount =
        unsafe getenv("SEEDS").flatMap { unsafe Int(String(cString: $0)) } ?? 20

    /// Nothing is lost or taken twice, every receipt is true, every stream is forgotten by both, and the
    /// ledgers balance.
    ///
    /// A seed that fails is named.
    @Test func pythonAndSwiftAgreeWhateverBreaks() async throws {
        let peer = try Peer([
            "python3", "-u", "\(Peer.root)/Tests/ClientsTests/Peers/simulate.py",
            "\(Peer.root)/Clients/Python", "\(Self.seedCount)",
        ])
        var console = MachineConsole()
        var verdict: Substring = "python ended without a verdict"
        var buffer = ByteBuffer()
        try await withDeadline(.after(.seconds(60 + 5 * Self.seedCount))) {
            while try await peer.stream.receive(into: &buffer) > 0 {
                while let line = buffer.takeLine() {
                    if line.hasPrefix("verdict ") { verdict = line.dropFirst("verdict ".count) }
                    if line.hasPrefix("verdict ") { continue }
                    if let answer = try console.answer(to: line) {
                        try await peer.stream.send(answer + "\n")
                    }
                }
            }
        }
        #expect(verdict == "well")
    }
}

extension ByteBuffer {
    /// The next line without its end; nil if it has not come whole.
    fileprivate mutating func takeLine() -> Substring? {
        let held = array()
        guard let end = held.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        consume(end + 1)
        return Substring(decoding: held[..<end], as: UTF8.self)
    }
}
