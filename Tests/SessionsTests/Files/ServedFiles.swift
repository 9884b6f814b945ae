import Sessions

extension SessionBench {
    /// Serves the files of a folder while `body` runs at the other end.
    func serve(
        _ folder: FileFolder,
        _ access: FileAccess = .init(),
        _ body: (Session) async throws -> Void
    ) async throws {
        try await serve { session in
            var handlers = SessionHandlers()
            handlers.files(folder, access)
            try await session.serve(handlers)
        } during: {
            try await connect { session in try await body(session) }
        }
    }
}
