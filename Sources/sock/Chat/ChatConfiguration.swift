internal import ArgumentParser
internal import Configuration
internal import Sockets

/// What the chat commands are told: by a flag, else the environment (`SOCK_CHAT_…`), else a JSON
/// file (`{"chat": {"listen": ["localhost:12345"]}}`), else a default.
struct ChatConfiguration {
    private let reader: ConfigReader

    /// Where the file is: `--config`, else `SOCK_CONFIG`, else there is none.
    ///
    /// - Throws: when a file is named and cannot be read.
    init(file flag: String?) async throws {
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "sock")
        var providers: [any ConfigProvider] = [environment]
        let named = flag ?? ConfigReader(provider: environment).string(forKey: "config")
        if let path = named, !path.isEmpty {
            let location = ConfigReader(provider: InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)]))
            do {
                providers.append(try await FileProvider<JSONSnapshot>(config: location))
            } catch {
                throw ValidationError("the configuration file \(path) cannot be read: \(error)")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    /// A text, or nil where nobody says one.
    func text(_ key: ConfigKey, flag: String?) async throws -> String? {
        if let flag { return flag }
        return try await reader.fetchString(forKey: key)
    }

    /// An endpoint, or nil where nobody says one.
    func endpoint(_ key: ConfigKey, flag: String?) async throws -> Endpoint? {
        try await text(key, flag: flag).map { try Endpoint($0) }
    }

    /// Endpoints, or nil where nobody says any.
    func endpoints(_ key: ConfigKey, flags: [String]) async throws -> [Endpoint]? {
        guard flags.isEmpty else { return try flags.map { try Endpoint($0) } }
        return try await reader.fetchStringArray(forKey: key)?.map { try Endpoint($0) }
    }
}
