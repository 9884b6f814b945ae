import Glibc
import Sockets
import TLS

/// The certificate and key of a server in files.
struct CertificateFiles: Sendable {
    let certificate: String
    let key: String

    func read() throws(SocketError) -> TLSIdentity {
        try TLSIdentity(certificateFile: certificate, keyFile: key)
    }
}

/// A command's side as a TLS server.
struct TLSServer: Sendable {
    let configuration: TLSServerConfiguration
    /// Nil when the certificate was made for this run.
    let files: CertificateFiles?

    /// What this machine calls itself, if that can stand in a certificate.
    static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (try? Endpoint.Host(text)) == nil ? "localhost" : text
    }()
}
