internal import Configuration
internal import Files
internal import Sockets

/// What commands that run for long are told: by a flag, else the environment (`SOCK_CHAT_…`), else a
/// JSON file (`{"chat": {"listen": ["localhost:12345"]}}`), else a default.
struct Settings {
    private let reader: ConfigReader

    /// Where the file is: `--config`, else `SOCK_CONFIG`, else there is none.
    ///
    /// - Throws: A usage failure when a file is named and cannot be read.
    init(file flag: BytePath?) async throws {
        let environment = EnvironmentVariablesProvider(
            environmentVariables: ProgramArguments.environment
        ).prefixKeys(with: "sock")
        var providers: [any ConfigProvider] = [environment]
        let path =
            flag
            ?? ConfigReader(provider: environment).string(forKey: "config")
            .map { BytePath(argument: $0) } ?? ""
        if !path.bytes.isEmpty { providers.append(try await Self.file(path)) }
        reader = ConfigReader(providers: providers)
    }

    /// A text, or nil where nobody says one.
    func text(_ key: String, flag: String?) async throws -> String? {
        if let flag { return flag }
        return try await reading { try await reader.fetchString(forKey: ConfigKey(key)) }
    }

    /// A path, or nil where nobody says one.
    func path(_ key: String, flag: BytePath?) async throws -> BytePath? {
        if let flag { return flag }
        return try await text(key, flag: nil).map { BytePath(argument: $0) }
    }

    /// Whether something is so: a flag can say that it is, and nothing that it is not.
    func isSet(_ key: String, flag: Bool) async throws -> Bool {
        if flag { return true }
        return try await reading { try await reader.fetchBool(forKey: ConfigKey(key)) } ?? false
    }

    /// A size, or nil where nobody says one.
    func size(_ key: String, flag: ByteSize?) async throws -> ByteSize? {
        if let flag { return flag }
        guard let text = try await text(key, flag: nil) else { return nil }
        guard let size = ByteSize(argument: text) else {
            throw Failure(.usage, "in the configuration: \(key) is no size: \(text)")
        }
        return size
    }

    /// An endpoint, or nil where nobody says one.
    func endpoint(_ key: String, flag: String?) async throws -> Endpoint? {
        try await text(key, flag: flag).map { try Endpoint.stream($0) }
    }

    /// Endpoints, or nil where nobody says any.
    func endpoints(_ key: String, flags: [String]) async throws -> [Endpoint]? {
        try await texts(key, flags: flags)?.map { try Endpoint.stream($0) }
    }

    /// Texts, or nil where nobody says any.
    func texts(_ key: String, flags: [String]) async throws -> [String]? {
        if !flags.isEmpty { return flags }
        return try await reading { try await reader.fetchStringArray(forKey: ConfigKey(key)) }
    }

    private static func file(_ path: BytePath) async throws(Failure) -> any ConfigProvider {
        do {
            // The provider takes a text: a file whose name is none goes by that of its descriptor.
            let opened = path.text == nil ? try OpenFile(path: path) : nil
            defer { withExtendedLifetime(opened) {} }
            let name = path.text ?? opened.map { "/proc/self/fd/\($0.number)" } ?? ""
            // The initialiser that takes the path itself has it in a type of swift-system.
            let location = InMemoryProvider(
                values: ["filePath": .init(.string(name), isSecret: false)]
            )
            return try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: location))
        } catch {
            throw Failure(
                .usage,
                "the configuration file \(path.printable) cannot be read: \(error)"
            )
        }
    }

    /// A value of the wrong kind is a mistake of whoever wrote it.
    private func reading<Value>(
        _ body: () async throws -> Value
    ) async throws(Failure) -> Value {
        do {
            return try await body()
        } catch {
            throw Failure(.usage, "in the configuration: \(error)")
        }
    }
}
