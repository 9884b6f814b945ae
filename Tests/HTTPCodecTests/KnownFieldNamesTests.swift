import HTTPTypes
import Testing

@testable import HTTPCodec

struct KnownFieldNamesTests {
    /// The place of the name, among other bytes and at the input's very end.
    private func places(of name: String) -> [Int?] {
        let bytes = Array(name.utf8)
        return [bytes + Array(": value\r\n\r\n".utf8), bytes].map {
            let span = unsafe $0.span.bytes
            return KnownFieldNames.all.place(of: 0..<bytes.count, in: span)
        }
    }

    @Test func everyNameIsFoundInEveryCase() {
        for (place, name) in HTTPField.Name.common.enumerated() {
            #expect(name.canonicalName.allSatisfy { $0.isLetter || $0 == "-" }, "\(name)")
            for spelling in [name.rawName, name.canonicalName, name.rawName.uppercased()] {
                #expect(places(of: spelling) == [place, place])
            }
        }
    }

    @Test func noOtherTokenIsTakenForAName() {
        let letters = Array("!#$%&'*+-.^_`|~0123456789azAZ".utf8)
        for name in HTTPField.Name.common {
            var bytes = Array(name.rawName.utf8)
            for place in bytes.indices {
                let before = bytes[place]
                for letter in letters where letter | 0x20 != before | 0x20 {
                    bytes[place] = letter
                    let text = String(decoding: bytes, as: UTF8.self)
                    // Another known name may be one letter away.
                    let found = places(of: text).map { $0.map { HTTPField.Name.common[$0] } }
                    #expect(found.allSatisfy { $0 == nil || $0 == HTTPField.Name(text) })
                }
                bytes[place] = before
            }
            #expect(places(of: name.rawName + "s") == [nil, nil])
        }
    }
}
