internal import HTTP
import Sockets

/// A download into a file, and what is told of it.
struct FileDownload {
    private let download: HTTPDownload
    private let announcer: Announcer
    private let movement: Movement

    init(_ download: HTTPDownload, _ announcer: Announcer, _ movement: Movement) {
        self.download = download
        self.announcer = announcer
        self.movement = movement
    }

    func run(with client: HTTPClient) async throws {
        let progress = GetProgress(announcer, hidesBar: false)
        let start = ContinuousClock.now
        var failures = 0
        do {
            let end = try await download.run(with: client) { now in
                movement.note()
                if now.failureCount > failures {
                    failures = now.failureCount
                    progress.tellBreak(at: now.size, failures)
                }
                progress.show(now.size, of: now.total, resumedAt: now.resumedSize)
            }
            await progress.end()
            announcer.tell(
                .stored(
                    path: download.path,
                    size: end.size,
                    resumedSize: end.resumedSize,
                    nanoseconds: start.nanosecondsSince
                )
            )
        } catch {
            await progress.end()
            throw error
        }
    }
}
