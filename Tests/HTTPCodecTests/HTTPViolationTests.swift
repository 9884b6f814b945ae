import HTTPCodec
import Testing

struct HTTPViolationTests {
    @Test func everyLimitHasADefaultThatTakesAnOrdinaryBrowser() {
        let limits = HTTPLimits()
        #expect(limits.startLineSize >= 8000)  // RFC 9112 §3
        #expect(limits.fieldCount >= 100)
    }
}
