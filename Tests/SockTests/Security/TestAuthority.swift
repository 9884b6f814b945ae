import Foundation
import Testing

/// An authority made by the openssl command, and servers' certificates that it signs.
struct TestAuthority {
    let folder: String

    /// The authority's certificate.
    var file: String { "\(folder)/ca.pem" }

    /// A certificate's file and its key's.
    struct Files {
        let certificate: String
        let key: String
    }

    init(in folder: String) throws {
        self.folder = folder
        try shell(
            """
            touch index.txt; echo 01 > serial
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nnew_certs_dir=.\\nserial=serial\\n\
            default_md=sha256\\npolicy=p\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n' > ca.cnf
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
                -keyout ca.key -out ca.pem -subj '/CN=Test Authority' \
                -addext keyUsage=critical,keyCertSign
            """
        )
    }

    /// Signs a certificate; moments are written `20300101000000Z`.
    func issue(
        _ file: String,
        names: String = "DNS:localhost,IP:127.0.0.1",
        to: String = "20990101000000Z"
    ) throws -> Files {
        try shell(
            """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
                -keyout \(file).key -out \(file).csr -subj '/CN=\(file)'
            echo subjectAltName=\(names) > \(file).ext
            openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in \(file).csr \
                -out \(file).pem -startdate 20200101000000Z -enddate \(to) -extfile \(file).ext
            """
        )
        return Files(certificate: "\(folder)/\(file).pem", key: "\(folder)/\(file).key")
    }

    /// The SHA-256 of a certificate, as openssl prints it.
    func fingerprint(_ files: Files) throws -> String {
        let words = ["x509", "-noout", "-fingerprint", "-sha256", "-in", files.certificate]
        let text = try Program.run(["openssl"] + words).text
        return String(try #require(text.split(separator: "=").last).dropLast())
    }

    private func shell(_ script: String) throws {
        let outcome = try Program.run(["sh", "-c", "set -e; cd \(folder); \(script)"])
        try #require(outcome.status == 0, "\(outcome.errors)")
    }
}

/// A folder with an authority in it.
func withAuthority(_ body: (TestAuthority) throws -> Void) throws {
    try withFolder { try body(TestAuthority(in: $0)) }
}

/// `openssl s_server`, which sends every line back reversed.
struct OpenSSLServer {
    let program: Program
    let port: String

    init(_ files: TestAuthority.Files, _ arguments: String...) throws {
        program = try Program(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert"]
                + [files.certificate, "-key", files.key] + arguments,
            input: .open
        )
        var line = try #require(program.outputLine())
        while !line.hasPrefix("ACCEPT ") { line = try #require(program.outputLine()) }
        port = String(try #require(line.split(separator: ":").last))
    }

    func stop() {
        program.send(SIGKILL)
        _ = program.wait()
    }
}

extension Listening {
    /// What it prints for clients of a certificate that was made for it.
    func pin() throws -> String {
        _ = program.errorLine()
        let line = try #require(program.errorLine())
        return String(try #require(line.split(separator: " ").last))
    }
}
