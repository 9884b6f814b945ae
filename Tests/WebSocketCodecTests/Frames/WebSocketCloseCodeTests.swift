import Testing
import WebSocketCodec

@Suite struct WebSocketCloseCodeTests {
    @Test func framesMayHoldWhatIsRegisteredForThem() {
        let allowed = (UInt16.min ... .max).filter { WebSocketCloseCode(rawValue: $0).maySend }
        let registered: [UInt16] = [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
        ]
        #expect(allowed == registered + Array(3000...4999))
    }

    @Test func printsItsMeaning() {
        #expect("\(WebSocketCloseCode.messageTooBig)" == "1009 (message too big)")
        #expect("\(WebSocketCloseCode(rawValue: 4001))" == "4001")
    }
}
