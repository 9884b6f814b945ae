import Foundation
import Testing

/// What curl and wget get from `sock serve`, byte for byte.
@Suite struct ServeFilesTests {
    @Test func curlAndWgetGetEveryFileAsItIs() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            for name in FileTree.names {
                let expected = bytes(folder + "/" + name)
                let url = server.url(of: name)
                let curl = try server.curl("-f", url)
                #expect(curl.status == 0 && curl.output == expected, "\(name): \(curl.errors)")
                let wget = try Program.run(["wget", "-q", "-O", "-", url])
                #expect(wget.status == 0 && wget.output == expected, "\(name): \(wget.errors)")
            }
            server.stop()
        }
    }

    /// The listings lead to everything there is.
    @Test func wgetMirrorsTheFolderByItsListings() throws {
        try withFolder { folder in
            let (tree, copy) = (folder + "/tree", folder + "/copy")
            try FileTree.make(in: tree)
            // wget decodes this one twice for the name of its copy.
            try FileManager.default.removeItem(atPath: tree + "/a%20b.txt")
            let server = try ServedFolder(tree)
            let wget = try Program.run([
                "wget", "-q", "-r", "-np", "-nH", "-P", copy, "-R", "index.html*",
                "--restrict-file-names=nocontrol", "-e", "robots=off", server.url + "/",
            ])
            #expect(wget.status == 0, "\(wget.errors)")
            let difference = try Program.run(["diff", "-r", tree, copy])
            #expect(difference.status == 0, "\(difference.text)\(difference.errors)")
            server.stop()
        }
    }

    @Test func headHasTheLengthAndNoBody() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let head = try server.curl("-f", "-I", server.url(of: "large.bin")).text.lowercased()
            #expect(head.hasPrefix("http/1.1 200 "))
            #expect(head.contains("content-length: \(FileTree.largeSize)\r\n"))
            #expect(head.contains("accept-ranges: bytes\r\n"))
            server.stop()
        }
    }

    @Test func severalRangesComeAsParts() throws {
        try withFolder { folder in
            // Ten bytes for each number; parts that are close to each other would come as one.
            let text = (100_000..<130_000).map { "   \($0)\n" }.joined()
            try text.write(toFile: folder + "/a.txt", atomically: true, encoding: .utf8)
            let server = try ServedFolder(folder)
            let url = server.url(of: "a.txt")
            #expect(try server.curl("-f", "-r", "3-8", url).text == "100000")
            #expect(try server.curl("-f", "-r", "-7", url).text == "129999\n")
            let parts = try server.curl("-f", "-i", "-r", "3-8,100003-100008,-7", url).text
            #expect(parts.hasPrefix("HTTP/1.1 206 "))
            for words in [
                "multipart/byteranges; boundary=",
                "Content-Range: bytes 3-8/300000\r\n\r\n100000\r\n",
                "Content-Range: bytes 100003-100008/300000\r\n\r\n110000\r\n",
                "Content-Range: bytes 299993-299999/300000\r\n\r\n129999\n\r\n",
            ] { #expect(parts.contains(words), "\(parts)") }
            let beyond = try server.curl(
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-r",
                "300000-",
                url
            )
            #expect(beyond.text == "416")
            server.stop()
        }
    }

    @Test func whatIsKnownIsNotSentAgain() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let (url, tag) = (server.url(of: "large.bin"), folder + "/tag")
            #expect(try server.curl("-f", "-o", "/dev/null", "--etag-save", tag, url).status == 0)
            #expect(bytes(tag).count > 2)
            let again = try server.curl(
                "-o",
                folder + "/again",
                "-w",
                "%{http_code} %{size_download}",
                "--etag-compare",
                tag,
                url
            )
            #expect(again.text == "304 0")
            // Another file of the same name is sent.
            try Data("new".utf8).write(to: URL(fileURLWithPath: folder + "/large.bin"))
            #expect(try server.curl("-f", "--etag-compare", tag, url).text == "new")
            server.stop()
        }
    }

    @Test func aFolderThatChangesIsServedAsItIsNow() throws {
        try withFolder { folder in
            let server = try ServedFolder(folder)
            let status = ["-o", "/dev/null", "-w", "%{http_code}"]
            func ask(_ path: String) throws -> String {
                try Program.run(["curl", "-sS"] + status + [server.url(of: path)]).text
            }
            #expect(try ask("later.txt") == "404")
            try Data("1".utf8).write(to: URL(fileURLWithPath: folder + "/later.txt"))
            #expect(try ask("later.txt") == "200")
            #expect(try server.curl(server.url + "/").text.contains("later.txt"))
            try FileManager.default.removeItem(atPath: folder + "/later.txt")
            #expect(try ask("later.txt") == "404")
            #expect(try !server.curl(server.url + "/").text.contains("later.txt"))
            // A folder in the place of a file.
            try FileManager.default.createDirectory(
                atPath: folder + "/later.txt",
                withIntermediateDirectories: false
            )
            #expect(try ask("later.txt/") == "200")
            server.stop()
        }
    }

    @Test func hiddenNamesAndListingsAreAsTheFlagsSay() throws {
        try withFolder { folder in
            try Data("secret".utf8).write(to: URL(fileURLWithPath: folder + "/.env"))
            let shy = try ServedFolder(folder, "--no-listing")
            #expect(try shy.curl("-f", shy.url + "/.env").status == 22)
            let listing = try shy.curl("-o", "/dev/null", "-w", "%{http_code}", shy.url + "/")
            #expect(listing.text == "403")
            shy.stop()
            let open = try ServedFolder(folder, "--hidden")
            #expect(try open.curl("-f", open.url + "/.env").text == "secret")
            #expect(try open.curl("-f", open.url + "/").text.contains(".env"))
            open.stop()
        }
    }
}
