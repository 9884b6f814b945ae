import ArgumentParser
internal import HTTP
internal import HTTPCodec
import Sockets
internal import TLS

/// `sock get`: what is at a URL, into a file or to the standard output.
struct Get: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get what is at a URL.",
        discussion: """
            To the standard output, or with -o into a file. A file is there when all of it is: until \
            then it is FILE.part, which the next run continues if the server still has the same. \
            Redirects are followed, but for those from https to http. A status other than 2xx, and a \
            body that was cut, are status 1.
            """
    )

    @Argument(help: "What: http://host/path or https://host/path.")
    var url: String

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Write to this file; - is the standard output.",
            valueName: "file"
        ),
        completion: .file()
    )
    var output: String?

    @Flag(name: [.customShort("O"), .long], help: "Write to a file named as in the URL.")
    var remoteName = false

    @Flag(help: "Print what the server says of it, and do not get it (HEAD).")
    var head = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Send this field too; may be repeated.", valueName: "name: value")
    )
    var header: [String] = []

    @Option(
        parsing: .unconditional,
        help: "Of a file: go on after so many failures in a row without a new byte."
    )
    var retry = 8

    @Flag(help: "Write to a terminal as it comes: escape nothing.")
    var raw = false

    @OptionGroup var security: TLSClientOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard 0...RetryPauses.countLimit ~= retry else {
            throw ValidationError(
                "--retry takes a number from 0 to \(RetryPauses.countLimit), not \(retry)"
            )
        }
        if output != nil, remoteName {
            throw ValidationError("-o and -O are two names for the file")
        }
        if head, output != nil || remoteName {
            throw ValidationError("--head gets nothing that a file could hold")
        }
        if security.name != nil { throw ValidationError("--name is the host of the URL here") }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.interrupted(by:)) { announcer in
            let url = try Self.url(self.url)
            let client = HTTPClient(try configuration(for: url, announcer))
            defer { client.close() }
            let fields = try self.fields()
            let file = try file(of: url)
            let movement = Movement()
            try await movement.watched(limit: options.idle?.duration) {
                if head {
                    try await Fetch(client, url, fields, raw: raw).printHead(movement)
                } else if let file {
                    var download = HTTPDownload(url, to: file)
                    download.fields = fields
                    download.failureLimit = retry
                    try await FileDownload(download, announcer, movement).run(with: client)
                } else {
                    let progress = GetProgress(announcer, hidesBar: Terminal.isTerminal(1))
                    try await Fetch(client, url, fields, raw: raw).printBody(movement, progress)
                }
            }
        }
    }

    private static func url(_ text: String) throws(Failure) -> HTTPURL {
        let url = try Failure.asUsage { try HTTPURL(text) }
        guard url.scheme == .http || url.scheme == .https else {
            throw Failure(.usage, "\(url) is no web page: this command takes http and https")
        }
        return url
    }

    private func configuration(
        for url: HTTPURL,
        _ announcer: Announcer
    ) throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirects = HTTPRedirects()
        configuration.tls = try security.configuration(offering: ["http/1.1"])
        configuration.fields = [.userAgent: "sock", .accept: "*/*"]
        // A pace of our own would end what --idle and --timeout are there to end.
        configuration.pace = nil
        if security.insecure {
            announcer.tell(.insecure(try Self.endpoint(of: url), reason: "nothing was checked"))
        }
        return configuration
    }

    private static func endpoint(of url: HTTPURL) throws -> Endpoint {
        try Endpoint(scheme: .tls, host: url.host, port: url.port)
    }

    private func fields() throws(Failure) -> HTTPFields {
        var fields = HTTPFields()
        for text in header {
            guard let colon = text.firstIndex(of: ":"),
                let name = HTTPField.Name(String(text[..<colon]))
            else { throw Failure(.usage, "--header takes 'Name: value', not '\(text.printable)'") }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            guard HTTPField.isValidValue(String(value)) else {
                throw Failure(.usage, "the value of \(name) cannot be in a field")
            }
            fields.append(HTTPField(name: name, value: String(value)))
        }
        return fields
    }

    /// The file to write to; nil for the standard output.
    private func file(of url: HTTPURL) throws(Failure) -> String? {
        if let output { return output == "-" ? nil : output }
        guard remoteName else { return nil }
        guard let name = FileName(percentEncoded: url.lastPathComponent) else {
            throw Failure(.usage, "\(url) names no file: say one with -o")
        }
        return name.text
    }
}
