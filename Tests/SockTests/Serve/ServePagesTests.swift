import Foundation
import Testing

/// Folders of more entries than a page shows: every file can be found.
@Suite struct ServePagesTests {
    private func makeMany(in folder: String, _ count: Int) throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/many",
            withIntermediateDirectories: true
        )
        for index in 0..<count {
            try Data("\(index)".utf8).write(
                to: URL(fileURLWithPath: "\(folder)/many/file-\(index)")
            )
        }
    }

    @Test func wgetMirrorsThroughThePages() throws {
        try withFolder { folder in
            let (tree, copy) = (folder + "/tree", folder + "/copy")
            try makeMany(in: tree, 4_100)
            let server = try ServedFolder(tree, "--quiet")
            let wget = try Program.run([
                "wget", "-q", "-r", "-np", "-nH", "-P", copy, "-R", "index.html*", "-e",
                "robots=off",
                server.url + "/",
            ])
            #expect(wget.status == 0, "\(wget.errors)")
            let difference = try Program.run(["diff", "-r", tree, copy])
            #expect(difference.status == 0, "\(difference.text.prefix(500))\(difference.errors)")
            server.stop()
        }
    }

    /// By the Link field (RFC 8288), and by the JSON.
    @Test func programsFollowTheLinks() throws {
        try withFolder { folder in
            try makeMany(in: folder, 4_100)
            let server = try ServedFolder(folder, "--quiet")
            let script = """
                import json, re, sys, urllib.parse, urllib.request
                url, names, pages = sys.argv[1], [], 0
                while url:
                    answer = urllib.request.urlopen(
                        urllib.request.Request(url, headers={"Accept": "application/json"}))
                    page = json.load(answer)
                    names += [entry["name"] for entry in page["entries"]]
                    pages += 1
                    link = re.search('<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
                    assert (link and link.group(1)) == page.get("next")
                    assert page["truncated"] == bool(link)
                    url = link and urllib.parse.urljoin(url, link.group(1))
                assert names == sorted(names) and len(set(names)) == len(names)
                print(pages, len(names))
                """
            let python = try Program.run(["python3", "-c", script, server.url + "/many/"])
            #expect(python.text == "3 4100\n", "\(python.errors)")
            server.stop()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become nobody"))
    func anIndexThatNobodyMayReadHidesItsListing() throws {
        try withFolder { folder in
            let (copy, tree) = (folder + "/sock", folder + "/tree")
            try FileManager.default.copyItem(atPath: SockProgram.path, toPath: copy)
            try FileTree.make(in: tree)
            let index = tree + "/index.html"
            try Data("hello".utf8).write(to: URL(fileURLWithPath: index))
            let manager = FileManager.default
            for path in [folder, tree] {
                try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            let server = try ServedFolder(tree, environment: nobody, sock: copy)
            for (file, folder, status) in [
                (0o644, 0o755, 200), (0o000, 0o755, 403), (0o200, 0o755, 403), (0o644, 0o744, 403),
                (0o644, 0o711, 200), (0o000, 0o711, 403),
            ] {
                try manager.setAttributes([.posixPermissions: file], ofItemAtPath: index)
                try manager.setAttributes([.posixPermissions: folder], ofItemAtPath: tree)
                for option in ["-s", "-I"] {
                    let answer = try server.curl(option, "-i", server.url + "/").text
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(file) \(folder): \(answer)")
                    #expect(!answer.contains("large.bin"), "\(file) \(folder)")
                }
            }
            try manager.removeItem(atPath: index)
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tree)
            #expect(try server.curl(server.url + "/").text.contains("large.bin"))
            server.stop()
        }
    }
}
