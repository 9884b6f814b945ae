import Foundation
import Testing

/// Files that clients store.
@Suite struct ServeUploadTests {
    @Test func nothingIsStoredUnlessAskedFor() throws {
        try withFolder { folder in
            let server = try ServedFolder(folder)
            let put = try server.curl(
                "-X",
                "PUT",
                "--data-binary",
                "x",
                "-w",
                "%{http_code}",
                "-o",
                "/dev/null",
                server.url(of: "new.txt")
            )
            #expect(put.text == "405")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            server.stop()
        }
    }

    @Test func curlStoresAFileAsItIs() throws {
        try withFolder { folder in
            let (served, own) = (folder + "/served", folder + "/own.bin")
            try FileManager.default.createDirectory(
                atPath: served,
                withIntermediateDirectories: false
            )
            let content = try randomBytes(3_000_000)
            try content.write(to: URL(fileURLWithPath: own))
            let server = try ServedFolder(served, "--upload")
            for name in ["new.bin", "ein neuer Name ü.bin"] {
                #expect(try server.curl("-f", "-T", own, server.url(of: name)).status == 0)
                #expect(bytes(served + "/" + name) == content)
                #expect(try server.curl("-f", server.url(of: name)).output == content)
            }
            server.stop()
        }
    }

    /// A link stays a link, and what others call like an upload stays theirs.
    @Test func aLinksTargetIsStoredAndOthersFilesAreLeftAlone() throws {
        try withFolder { folder in
            let (served, own) = (folder + "/served", folder + "/own.bin")
            let manager = FileManager.default
            try manager.createDirectory(
                atPath: served + "/sub",
                withIntermediateDirectories: true
            )
            try Data("old".utf8).write(to: URL(fileURLWithPath: served + "/sub/target"))
            try manager.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: served + "/sub/target"
            )
            try manager.createSymbolicLink(
                atPath: served + "/link",
                withDestinationPath: "sub/target"
            )
            try manager.createSymbolicLink(
                atPath: served + "/out",
                withDestinationPath: "../own.bin"
            )
            let foreign = served + "/.5.link.upload"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: foreign))
            try manager.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000)],
                ofItemAtPath: foreign
            )
            let content = try randomBytes(100_000)
            try content.write(to: URL(fileURLWithPath: own))
            let server = try ServedFolder(served, "--upload")
            #expect(try server.curl("-f", "-T", own, server.url(of: "link")).status == 0)
            #expect(try server.curl("-f", server.url(of: "link")).output == content)
            #expect(bytes(served + "/sub/target") == content)
            #expect(try manager.destinationOfSymbolicLink(atPath: served + "/link") == "sub/target")
            let mode = try manager.attributesOfItem(atPath: served + "/sub/target")[
                .posixPermissions
            ]
            #expect(mode as? Int == 0o600)
            // curl's word for a refusal.
            #expect(
                try server.curl("-f", "-T", served + "/link", server.url(of: "out")).status == 22
            )
            #expect(bytes(own) == content)
            #expect(bytes(foreign) == Data("mine".utf8))
            let names = try manager.contentsOfDirectory(atPath: served).sorted()
            #expect(names == [".5.link.upload", "link", "out", "sub"])
            server.stop()
        }
    }

    @Test func anUploadThatWasCutGoesOn() throws {
        try withFolder { folder in
            let (served, own) = (folder + "/served", folder + "/own.bin")
            try FileManager.default.createDirectory(
                atPath: served,
                withIntermediateDirectories: false
            )
            let content = try randomBytes(4_000_000)
            try content.write(to: URL(fileURLWithPath: own))
            let server = try ServedFolder(served, "--upload")
            let url = server.url(of: "new.bin")
            let cut = try server.curl("--limit-rate", "1M", "-m", "1", "-T", own, url)
            #expect(cut.status == 28)
            #expect(!FileManager.default.fileExists(atPath: served + "/new.bin"))
            // The server says how far it came, once it has noticed the end.
            var offset = 0
            #expect(
                comes {
                    let head = (try? server.curl("-I", url).text) ?? ""
                    let field = head.split(separator: "\r\n").first {
                        $0.hasPrefix("Upload-Offset: ")
                    }
                    let now = field.flatMap { Int($0.dropFirst(15)) } ?? 0
                    defer { offset = now }
                    return now > 0 && now == offset
                }
            )
            #expect(offset < content.count)
            let rest = try server.curl("-f", "-C", "\(offset)", "-T", own, url)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(bytes(served + "/new.bin") == content)
            server.stop()
        }
    }

    @Test func tooLargeIsRefusedBeforeItComes() throws {
        try withFolder { folder in
            let (served, own) = (folder + "/served", folder + "/own.bin")
            try FileManager.default.createDirectory(
                atPath: served,
                withIntermediateDirectories: false
            )
            try randomBytes(1_000_000).write(to: URL(fileURLWithPath: own))
            let server = try ServedFolder(served, "--upload", "--upload-limit", "10k")
            let put = try server.curl(
                "-T",
                own,
                "-o",
                "/dev/null",
                "-w",
                "%{http_code} %{size_upload}",
                "-H",
                "Expect: 100-continue",
                server.url(of: "new.bin")
            )
            #expect(put.text == "413 0")
            #expect(try FileManager.default.contentsOfDirectory(atPath: served).isEmpty)
            server.stop()
        }
    }
}
