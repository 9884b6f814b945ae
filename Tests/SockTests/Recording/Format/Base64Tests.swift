import Foundation
import Testing

@testable import sock

@Suite struct Base64Tests {
    @Test func everyLengthIsAsFoundationSays() {
        var draws = Draws(seed: 1)
        for count in 0...130 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &draws) }
            var text: [UInt8] = []
            Base64.append(bytes, to: &text)
            #expect(text == Array(Data(bytes).base64EncodedString().utf8))
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test(arguments: [
        "A", "AB", "ABC", "AB=C", "A===", "====", "AB==CD==", "QUI=QUI=", "QUJD\n", "QU D", "QUJ-",
        "QR==", "QUJ=", "Q=I=", "=QUI",
    ])
    func whatNoEncoderWritesIsRefused(_ text: String) {
        // "QUJ=" has bits behind its last byte, as "QR==" has.
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }
}
