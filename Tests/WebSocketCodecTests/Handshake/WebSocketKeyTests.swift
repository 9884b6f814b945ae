import Testing
import WebSocketCodec

@Suite struct WebSocketKeyTests {
    @Test func answersTheStandardsExample() {
        // RFC 6455 §1.3, with the SHA-1 that it gives for the joined text.
        let hash = bytes("b37a4f2cc0624f1690f64606cf385945b2bec4ea")
        let accept = WebSocketKey("dGhlIHNhbXBsZSBub25jZQ==")?.acceptValue { text in
            let joined = "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            #expect(text == Array(joined.utf8))
            return hash
        }
        #expect(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25j-Q==", " GhlIHNhbXBsZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25jZ\n==", "dGhlIHNhbXBsZSBub25j=Q==",
    ])
    func refusesWhatIsNotSixteenBytesInBase64(value: String) {
        #expect(WebSocketKey(value) == nil)
    }

    @Test func aKeyIsItsNonceInBase64() {
        // RFC 6455 §1.3
        let sample = WebSocketKey(nonce: Array("the sample nonce".utf8))
        #expect(sample.description == "dGhlIHNhbXBsZSBub25jZQ==")
        for byte in UInt8.min ... .max {
            let key = WebSocketKey(nonce: Array(repeating: byte, count: 16))
            #expect(WebSocketKey(key.description) == key)
        }
    }
}
