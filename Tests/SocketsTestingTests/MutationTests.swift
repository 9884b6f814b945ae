import Sockets
import SocketsTesting
import Testing

/// A suite that passes everything proves nothing: each broken stream fails by the rule it breaks.
@Suite("checkByteStream finds", .serialized)
struct MutationTests {
    @Test(arguments: Fault.allCases)
    func theStreamThat(_ fault: Fault) async throws {
        do {
            try await checkByteStream("a stream that \(fault)", hangLimit: hangLimit) {
                MutantStream.pair(fault)
            }
            Issue.record("the fault was not found")
        } catch let violation as ContractViolation {
            #expect(violation.rule.contains(fault.rule), "\(violation)")
            #expect(violation.description.contains("SOCK_TEST_SEED=0x"))
        }
    }
}
