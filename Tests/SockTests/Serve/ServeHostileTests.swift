import Foundation
import Testing

/// Clients that mean harm, while others are served.
@Suite struct ServeHostileTests {
    /// No spelling of a path leads out of the folder.
    @Test func noPathLeadsOut() throws {
        try withFolder { folder in
            let served = folder + "/served"
            try FileManager.default.createDirectory(
                atPath: served + "/sub",
                withIntermediateDirectories: true
            )
            try Data("secret".utf8).write(to: URL(fileURLWithPath: folder + "/secret"))
            try Data("open".utf8).write(to: URL(fileURLWithPath: served + "/open"))
            let manager = FileManager.default
            try manager.createSymbolicLink(
                atPath: served + "/out",
                withDestinationPath: "../secret"
            )
            try manager.createSymbolicLink(atPath: served + "/up", withDestinationPath: "..")
            try manager.createSymbolicLink(
                atPath: served + "/absolute",
                withDestinationPath: folder + "/secret"
            )
            let server = try ServedFolder(served)
            for path in [
                "/../secret", "/sub/../../secret", "/%2e%2e/secret", "/..%2fsecret",
                "/%2e%2e%2fsecret", "/..%5csecret", "/out", "/up/secret", "/absolute", "//../secret",
                "/sub/%2e%2e/%2e%2e/secret", "/open/../../secret", "/.%2e/secret", "/..;/secret",
                "\(folder)/secret", "http://a/../secret", "/%00/../../secret", "/%c0%ae%c0%ae/secret",
            ] {
                let request = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let answer = try server.answer(to: request)
                #expect(answer.hasPrefix("HTTP/1.1 4"), "\(path): \(answer)")
                #expect(!answer.contains("secret\n") && !answer.hasSuffix("secret"), "\(path)")
            }
            #expect(try server.curl(server.url + "/open").text == "open")
            server.stop()
        }
    }

    @Test func floodsAreRefusedWithTheirStatus() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let fields = (0..<1000).map { "X-\($0): 1\r\n" }.joined()
            let long = String(repeating: "a", count: 100_000)
            for (request, status) in [
                ("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", "431"),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", "431"),
                ("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", "414"),
                ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"),
                ("GET / HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n", "400"),
                ("\u{0}\u{1}\u{2}\r\n\r\n", "400"),
            ] {
                let answer = try server.answer(to: request)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(status): \(answer.prefix(80))")
                #expect(try server.curl("-f", server.url(of: "one")).status == 0)
            }
            server.stop()
        }
    }

    /// Who sends a head byte by byte is let go after ten seconds; the others do not notice.
    @Test func slowSendersAreLetGoWhileOthersAreServed() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let slow = try (0..<20).map { _ in
                let program = try Program(["nc", "127.0.0.1", server.port], input: .open)
                program.type("GET / HTTP/1.1\r\nHost: a\r\nX: ")
                return program
            }
            let expected = bytes(folder + "/large.bin")
            let start = ContinuousClock.now
            // Half of them go on for as long as they are let.
            while slow.contains(where: { $0.isRunning }), ContinuousClock.now - start < .seconds(30) {
                for program in slow.prefix(10) { program.type("x") }
                #expect(try server.curl("-f", server.url(of: "large.bin")).output == expected)
            }
            for program in slow {
                program.endInput()
                let answer = program.wait().text
                #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer.prefix(80))")
            }
            #expect(ContinuousClock.now - start > .seconds(9))
            server.stop()
        }
    }

    /// What a client asks for cannot command the terminal that shows the log, nor forge a line.
    @Test func theLogIsHarmless() throws {
        try withFolder { folder in
            let server = try ServedFolder(folder)
            _ = try server.curl(server.url + "/%1b[2J%0aserving", "-o", "/dev/null")
            let target = "/\u{9B}2J\u{7F}\u{1B}]0;x"
            _ = try server.answer(to: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
            let log = server.stop()
            #expect(log.contains("GET /%1b[2J%0aserving 404 "), "\(log)")
            for scalar in log.unicodeScalars where scalar != "\n" {
                #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
            }
        }
    }
}
