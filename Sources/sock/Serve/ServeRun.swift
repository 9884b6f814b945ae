internal import Glibc
internal import HTTP
internal import Sockets
internal import TLS

/// A server that runs, and what signals mean to it.
struct ServeRun: Sendable {
    let server: HTTPServer
    let files: StaticFiles
    let log: ServeLog
    /// Read again on SIGHUP; nil for none.
    let certificate: CertificateFiles?

    /// Serves until it is stopped: kindly by the first signal, at once by the second.
    func run(_ signals: AsyncStream<CInt>, drainLimit: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.serve { request, response in
                    let transfer = log.begin(request, response)
                    defer { log.end(transfer) }
                    try await files.respond(to: request, response)
                }
            }
            group.addTask {
                var isFirst = true
                for await signal in signals {
                    if signal == SIGHUP, certificate != nil {
                        reload()
                        continue
                    }
                    guard isFirst else { return }
                    isFirst = false
                    log.tellStopping(drainLimit)
                    server.drain(before: .after(drainLimit))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func reload() {
        guard let certificate, let tls = server.tls else { return }
        do throws(SocketError) {
            try tls.reload([try certificate.read()])
            log.tellCertificate(of: server, isReloaded: true)
        } catch {
            log.tellNotReloaded(error)
        }
    }
}
