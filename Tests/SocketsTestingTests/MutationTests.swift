import Sockets
import SocketsTesting
import Testing

/// A suite that passes everything proves nothing: each broken stream fails by the rule it breaks.
@Suite("checkByteStream finds", .serialized)
struct MutationTests {
    @Test(arguments: Fault.allCases)
    func theStreamThat(_ fault: Fault) async throws {
        do {
            // A second without a step is a hang here: nothing waits for a network.
            try await checkByteStream("a stream that \(fault)", hangLimit: .seconds(1)) {
                MutantStream.pair(fault)
            }
            Issue.record("the fault was not found")
        } catch let violation as ContractViolation {
            #expect(violation.rule.contains(fault.rule), "\(violation)")
            #expect(violation.description.contains("SOCK_TEST_SEED=0x"))
        }
    }
}
