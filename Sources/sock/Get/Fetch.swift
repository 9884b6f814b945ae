import Glibc
internal import HTTP
internal import HTTPCodec

/// One request whose answer goes to the standard output, or into a device or a FIFO.
struct Fetch {
    private let client: HTTPClient
    private let url: HTTPURL
    private let fields: HTTPFields
    private let raw: Bool

    init(_ client: HTTPClient, _ url: HTTPURL, _ fields: HTTPFields, raw: Bool) {
        self.client = client
        self.url = url
        self.fields = fields
        self.raw = raw
    }

    /// Prints status and fields, as they stand in a message.
    func printHead(_ movement: Movement) async throws {
        let request = HTTPClientRequest(.head, url, fields: fields)
        let (text, failure) = try await client.send(request) { response in
            movement.note()
            var text = "HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\n"
            for field in response.fields { text += "\(field.name): \(field.value)\n" }
            return (text, self.failure(response))
        }
        var view = View(raw: raw)
        try await Output(STDOUT_FILENO).write(view.show(Array(text.utf8)) + view.finish())
        if let failure { throw failure }
    }

    /// Prints the body as it comes.
    func printBody(_ movement: Movement, _ progress: GetProgress) async throws {
        try await writeBody(to: Output(STDOUT_FILENO), View(raw: raw), movement, progress)
    }

    /// Writes the body as it comes.
    func writeBody(
        to output: Output,
        _ view: View,
        _ movement: Movement,
        _ progress: GetProgress
    ) async throws {
        let request = HTTPClientRequest(.get, url, fields: fields)
        do {
            try await client.send(request) { response in
                if let failure = failure(response) { throw failure }
                var view = view
                var size = 0
                let total = response.length.map { Int(clamping: $0) }
                var piece: [UInt8] = []
                while try await response.nextBodyPart({ bytes in
                    piece = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
                }) {
                    movement.note()
                    size += piece.count
                    progress.show(size, of: total)
                    try await output.write(view.show(piece))
                }
                try await output.write(view.finish())
            }
            await progress.end()
        } catch {
            await progress.end()
            throw error
        }
    }

    /// What is not what was asked for; nil if it is.
    private func failure(_ response: HTTPClientResponse) -> Failure? {
        let isRange = response.status == .partialContent && fields[.range] != nil
        if isRange || response.status.hasContentAsked { return nil }
        let (method, url) = (response.method.rawValue, response.url)
        return Failure(
            .failed,
            "\(method) \(url): the server answered \(response.status)".printable
        )
    }
}
