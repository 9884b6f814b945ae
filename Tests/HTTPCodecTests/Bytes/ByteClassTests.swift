import Testing

@testable import HTTPCodec

struct ByteClassTests {
    private let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    @Test func tokensAreTheBytesOfTheGrammar() {
        let allowed = Set(("!#$%&'*+-.^_`|~0123456789" + letters).utf8)
        for byte in UInt8.min...UInt8.max { #expect(byte.isToken == allowed.contains(byte)) }
    }

    @Test func otherClassesAreTheirBytes() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            #expect(byte.isDigit == "0123456789".contains(character))
            #expect(byte.isLetter == letters.contains(character))
            #expect(
                byte.hexadecimalValue.map(Int.init)
                    == (byte < 128 ? character.hexDigitValue : nil)
            )
            #expect(byte.isForbiddenInValue == (byte != 9 && (byte < 32 || byte == 127)))
        }
    }

    @Test func aByteIsFoundWhereverItIs() {
        for size in 0...40 {
            for place in 0..<size {
                var bytes = [UInt8](repeating: 0x0B, count: size)
                bytes[place] = 0x0A
                if place + 2 < size { bytes[place + 2] = 0x0A }
                let found = unsafe bytes.span.bytes.firstIndex(of: 0x0A, in: 0..<size)
                #expect(found == place)
                let none = unsafe bytes.span.bytes.firstIndex(of: 0x0A, in: 0..<place)
                #expect(none == nil)
            }
        }
    }
}
