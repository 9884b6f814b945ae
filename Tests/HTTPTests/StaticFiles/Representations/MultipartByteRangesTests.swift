import Testing

@testable import HTTP

@Suite struct MultipartByteRangesTests {
    @Test func eachPartSaysWhatItIs() {
        let framing = MultipartByteRanges(
            ranges: [0..<3, 7..<9],
            total: 10,
            partType: "text/plain",
            boundary: "B"
        )
        #expect(
            framing.heads.map { String(decoding: $0, as: UTF8.self) } == [
                "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-2/10\r\n\r\n",
                "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-8/10\r\n\r\n",
            ]
        )
        #expect(framing.tail == Array("\r\n--B--\r\n".utf8))
        #expect(framing.contentType == "multipart/byteranges; boundary=B")
    }
}
