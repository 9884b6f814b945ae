import ArgumentParser
internal import Files
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
            then it is FILE.part, which the next run continues if the server still has the same. A \
            file that is replaced keeps its mode, a link its place, and a device or a FIFO is written \
            as it is. Redirects are followed, but for those from https to http. A status other than \
            2xx, and a body that was cut, are status 1.
            """
    )

    @Argument(
        help: "What: http://host/path or https://host/path; http if neither is said."
    )
    var url: String

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Write to this file; - is the standard output.",
            valueName: "file"
        ),
        completion: .file()
    )
    var output: BytePath?

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
        name: [.customShort("u", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Say who you are (Basic, RFC 7617); a password that is missing is asked for.",
            valueName: "name[:password]"
        )
    )
    var user: String?

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
            let asked = try GetURL(self.url)
            let url = asked.url
            let target = try target(of: url)
            let fields = try self.fields(asked)
            if let host = asked.writtenHost {
                announcer.tell(.download(.alias(written: host, asked: "\(url.host)")))
            }
            let client = HTTPClient(try configuration(for: url, announcer))
            defer { client.close() }
            let movement = Movement()
            try await movement.watched(limit: options.idle?.duration) {
                try await self.get(url, fields, target, with: client, movement, announcer)
            }
        }
    }

    private func get(
        _ url: HTTPURL,
        _ fields: HTTPFields,
        _ target: GetTarget,
        with client: HTTPClient,
        _ movement: Movement,
        _ announcer: Announcer
    ) async throws {
        let fetch = Fetch(client, url, fields, raw: raw)
        if head { return try await fetch.printHead(movement) }
        switch target {
        case .standardOutput:
            let progress = GetProgress(announcer, hidesBar: Terminal.isTerminal(1))
            try await fetch.printBody(movement, progress)
        case .stream(let stream, let path):
            let file = try await GetTarget.open(stream, path: path)
            let output = Output(file.number, name: path.printable)
            let progress = GetProgress(announcer, hidesBar: Terminal.isTerminal(file.number))
            try await fetch.writeBody(to: output, .exact, movement, progress)
            withExtendedLifetime(file) {}
        case .file(let path):
            var download = HTTPDownload(url, to: path)
            download.fields = fields
            download.failureLimit = retry
            try await FileDownload(download, announcer, movement).run(with: client)
        }
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

    private func fields(_ asked: GetURL) throws -> HTTPFields {
        var fields = HTTPFields()
        for text in header { fields.append(try Self.field(text)) }
        guard let credentials = user.map({ BasicCredentials($0) }) ?? asked.credentials else {
            return fields
        }
        guard fields[.authorization] == nil else {
            throw Failure(
                .usage,
                "a user and --header Authorization are two ways to say who you are"
            )
        }
        let password =
            try credentials.password
            ?? PasswordPrompt.password(of: credentials.name, at: "\(asked.url.origin)")
        fields[.authorization] = credentials.fieldValue(password: password)
        return fields
    }

    /// Reads `Name: value`, by its bytes: a combining mark behind the colon is of the value.
    private static func field(_ text: String) throws(Failure) -> HTTPField {
        let bytes = ProgramArguments.bytes(of: text)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: bytes[..<colon], as: UTF8.self))
        else { throw Failure(.usage, "--header takes 'Name: value', not '\(text.printable)'") }
        let value = bytes[(colon + 1)...].drop {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
        }
        guard HTTPField.isValidValue(value) else {
            throw Failure(.usage, "the value of \(name) cannot be in a field")
        }
        return HTTPField(name: name, value: value)
    }

    /// Where to write to.
    private func target(of url: HTTPURL) throws -> GetTarget {
        if let output {
            return try GetTarget(output, lastPathComponent: url.lastPathComponent)
        }
        guard remoteName else { return .standardOutput }
        guard let name = FileName(percentEncoded: url.lastPathComponent) else {
            throw Failure(.usage, "\(url) names no file: say one with -o")
        }
        return try GetTarget(BytePath(name.text), lastPathComponent: url.lastPathComponent)
    }
}
