import Foundation
import Testing

/// A folder in a real browser, over https.
@Suite struct ServeBrowserTests {
    @Test(.enabled(if: Browser.isThere, "chromium is missing: scripts/setup test installs it"))
    func chromiumShowsTheListingAndAPageWithItsImage() throws {
        try withFolder { folder in
            let served = folder + "/served"
            try Browser.makeSite(in: served)
            let certificate = folder + "/certificate.pem"
            let server = try ServedFolder(
                served,
                "--tls",
                "self-signed",
                "--tls-write-cert",
                certificate
            )
            let browser = try Browser(folder: folder, certificate: certificate)
            let listing = try browser.dump(server.url + "/")
            #expect(listing.contains("<title>/</title>"), "\(listing)")
            #expect(listing.contains("1 folder, 3 files"), "\(listing)")
            for link in ["page.html", "picture.png", "sub/", "gr%C3%BC%C3%9Fe%20an%20alle.txt"] {
                #expect(listing.contains("href=\"./\(link)\""), "\(link): \(listing)")
            }
            let sub = try browser.dump(server.url + "/sub/")
            #expect(sub.contains("href=\"../\"") && sub.contains("href=\"./inner.txt\""), "\(sub)")
            // Its script ran after the image had come: a second request over the same TLS.
            let page = try browser.dump(server.url + "/page.html")
            #expect(page.contains("the picture is 64 by 48"), "\(page)")
            let log = server.stop()
            #expect(log.contains("GET /picture.png 200"), "\(log)")
        }
    }

    /// Without the certificate's hash nothing is shown: what is above is not all ignored.
    @Test(.enabled(if: Browser.isThere, "chromium is missing: scripts/setup test installs it"))
    func chromiumRefusesACertificateItDoesNotKnow() throws {
        try withFolder { folder in
            let served = folder + "/served"
            try Browser.makeSite(in: served)
            let (mine, another) = (folder + "/mine.pem", folder + "/another.pem")
            let server = try ServedFolder(served, "--tls", "self-signed", "--tls-write-cert", mine)
            let other = try ServedFolder(
                served,
                "--tls",
                "self-signed",
                "--tls-write-cert",
                another
            )
            let page = try Browser(folder: folder, certificate: another).dump(server.url + "/")
            #expect(!page.contains("picture.png"), "\(page)")
            server.stop()
            other.stop()
        }
    }
}

/// Chromium without a window.
struct Browser {
    private let folder: String
    private let keyHash: String

    static let isThere: Bool = {
        let isThere = (try? Program.run(["sh", "-c", "command -v chromium"]).status) == 0
        if !isThere { print("SKIPPED: the browser tests, because chromium is not installed") }
        return isThere
    }()

    /// With a profile in `folder`, and one certificate, in PEM, that is taken although nobody signed it.
    init(folder: String, certificate: String) throws {
        self.folder = folder
        let hash = try Program.run([
            "sh", "-c",
            """
            openssl x509 -in "$0" -pubkey -noout | openssl pkey -pubin -outform der \
            | openssl dgst -sha256 -binary | base64
            """, certificate,
        ])
        keyHash = hash.text.trimmingCharacters(in: .newlines)
        try #require(keyHash.count == 44, "\(hash.errors)")
    }

    /// The document at a URL, when it has been loaded and its scripts have run.
    func dump(_ url: String) throws -> String {
        try run("--dump-dom", url).text
    }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        let options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--user-data-dir=\(folder)/profile",
            "--ignore-certificate-errors-spki-list=\(keyHash)",
        ]
        return try Program.run(["chromium"] + options + arguments)
    }

    /// A page with an image of its own, a folder and a name that is not ASCII.
    static func makeSite(in folder: String) throws {
        let script = """
            import os, struct, sys, zlib
            os.makedirs("sub")
            def chunk(kind, data):
                body = kind + data
                return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
            rows = b"".join(b"\\0" + bytes(v for x in range(64) for v in (4 * x, 5 * y, 160))
                            for y in range(48))
            with open("picture.png", "wb") as file:
                file.write(b"\\x89PNG\\r\\n\\x1a\\n"
                           + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0))
                           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
            """
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let made = try Program.run(["env", "-C", folder, "python3", "-c", script])
        try #require(made.status == 0, "\(made.errors)")
        let page = """
            <!DOCTYPE html><title>A page</title><p id="size">no picture yet</p>
            <img src="picture.png" onload="document.getElementById('size').textContent =
            `the picture is ${this.naturalWidth} by ${this.naturalHeight}`">
            """
        for (name, text) in [
            ("page.html", page), ("sub/inner.txt", "inner"), ("grüße an alle.txt", "grüße"),
        ] {
            try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
    }
}
