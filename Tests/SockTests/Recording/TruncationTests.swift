import Files
import Foundation
import Testing

@testable import sock

/// Recordings that are not what was written.
@Suite struct TruncationTests {
    private static let lines = """
        {"format":"sock-recording","version":1,"side":"listen"}
        {"ns":10,"connection":1,"event":"opened","peer":"tcp://127.0.0.1:1"}
        {"ns":20,"connection":1,"event":"received","text":"hé\\n"}
        {"ns":30,"connection":1,"event":"sent","base64":"AAH/"}
        {"ns":40,"connection":1,"event":"closed","received_size":4,"sent_size":3}

        """

    @Test func aRecordingIsReadableUpToEveryCut() throws {
        try withFolder { folder in
            let path = "\(folder)/r"
            let bytes = Data(Self.lines.utf8)
            let header = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
            for length in 0...bytes.count {
                try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
                guard length >= header else {
                    #expect(throws: Failure.self) { try RecordingFile(BytePath(path)) }
                    continue
                }
                let recorded = try Recorded(path)
                // Whole lines before the cut; the last also without its newline.
                let events = String(decoding: bytes.prefix(length), as: UTF8.self)
                    .split(separator: "\n").dropFirst().filter { $0.hasSuffix("}") }.count
                let count = recorded.count == 0 ? 0 : try recorded.events().count
                #expect(count == events)
                let isWhole = length <= header + 1 || length >= bytes.count - 1
                #expect(recorded.file.isCutOff == !isWhole, "cut at \(length)")
            }
        }
    }

    @Test func aMistakeIsSaidWithFileAndLine() throws {
        try withFolder { folder in
            let path = "\(folder)/r"
            let damaged = Self.lines.replacingOccurrences(of: "\"AAH/\"", with: "\"AAH/\" x")
            try damaged.write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try SockProgram.run("replay", path, "127.0.0.1:1")
            #expect(outcome.status == 1)
            #expect(outcome.errors == "sock: \(path):4: column 56: a comma or } is missing here\n")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func aLineThatIsLostIsNoticed() throws {
        try withFolder { folder in
            let path = "\(folder)/r"
            let lines = Self.lines.split(separator: "\n").filter { !$0.contains("AAH") }
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try SockProgram.run("replay", path, "127.0.0.1:1")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors
                    == "sock: \(path):4: sent_size is 3, and the lines before have 0 bytes\n"
            )
        }
    }

    @Test(arguments: Draws.seeds(10))
    func randomDamageIsAnErrorOrAnotherRecording(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        try withFolder { folder in
            for _ in 0..<40 {
                var bytes = Array(Self.lines.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &draws) {
                    let index = Int.random(in: 0..<bytes.count, using: &draws)
                    bytes[index] = UInt8.random(in: 0...255, using: &draws)
                }
                try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/r"))
                do {
                    let recorded = try Recorded("\(folder)/r")
                    for index in 0..<recorded.count { _ = try recorded.events(index) }
                } catch let failure as Failure {
                    #expect(failure.message?.hasPrefix("\(folder)/r:") == true)
                }
            }
        }
    }
}
