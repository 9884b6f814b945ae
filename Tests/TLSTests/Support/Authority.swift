import Sockets
import TLS
import TestSupport

/// An authority made by the openssl command, which signs whatever a test asks for.
final class Authority: Sendable {
    /// A folder of its own, removed with it.
    let folder: String
    let certificate: Certificate

    init() throws {
        folder = String(try run("mktemp", "-d").dropLast())
        try run(
            "sh",
            "-c",
            """
            set -e; cd \(folder); exec 2>/dev/null
            touch index.txt; echo 01 > serial
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nnew_certs_dir=.\\nserial=serial\\n\
            default_md=sha256\\npolicy=p\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n' > ca.cnf
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
                -keyout ca.key -out ca.pem -subj '/CN=Test Authority' \
                -addext keyUsage=critical,keyCertSign
            """
        )
        certificate = try Certificate.certificates(file: folder + "/ca.pem")[0]
    }

    deinit { _ = try? run("rm", "-r", folder) }

    /// Signs a certificate; moments are written `20300101000000Z`.
    ///
    /// With empty `names` it has none.
    func issue(
        _ name: String,
        names: String? = nil,
        from: String = "20200101000000Z",
        to: String = "20990101000000Z"
    ) throws -> TLSIdentity {
        let file = "\(folder)/\(UInt32.random(in: 0 ... .max))"
        let alternatives = names ?? "DNS:" + name
        let line =
            alternatives.isEmpty ? "basicConstraints=CA:FALSE" : "subjectAltName=" + alternatives
        try run(
            "sh",
            "-c",
            """
            set -e; cd \(folder); exec 2>/dev/null
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
                -keyout \(file).key -out \(file).csr -subj '/CN=\(name)'
            echo '\(line)' > \(file).ext
            openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in \(file).csr \
                -out \(file).pem -startdate \(from) -enddate \(to) -extfile \(file).ext
            cat ca.pem >> \(file).pem
            """
        )
        return try TLSIdentity(certificateFile: file + ".pem", keyFile: file + ".key")
    }

    /// Writes an identity's files and returns their paths.
    func files(of identity: TLSIdentity) throws -> (certificate: String, key: String) {
        let file = "\(folder)/\(UInt32.random(in: 0 ... .max))"
        try run(
            "sh",
            "-c",
            "printf '%s' '\(identity.certificatePEM)' > \(file).pem; "
                + "printf '%s' '\(identity.privateKeyPEM)' > \(file).key"
        )
        return (file + ".pem", file + ".key")
    }
}
