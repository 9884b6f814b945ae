import Sockets
import SocketsTesting
import Testing

/// Each broken transport fails by the rule it breaks.
@Suite("checkDatagramTransport finds", .serialized)
struct DatagramMutationTests {
    @Test(arguments: DatagramFault.allCases)
    func theTransportThat(_ fault: DatagramFault) async throws {
        do {
            try await checkDatagramTransport(
                "a transport that \(fault)",
                promising: .init(
                    sizeLimit: MutantDatagrams.sizeLimit,
                    keepsOrder: true,
                    sendingWaits: true
                ),
                hangLimit: hangLimit
            ) {
                MutantDatagrams.pair(fault)
            }
            Issue.record("the fault was not found")
        } catch let violation as ContractViolation {
            #expect(fault.rules.contains { violation.rule.contains($0) }, "\(violation)")
            #expect(violation.description.contains("SOCK_TEST_SEED=0x"))
        }
    }
}
