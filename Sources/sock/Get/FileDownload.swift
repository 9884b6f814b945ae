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
        var last = HTTPDownload.Progress()
        do {
            let end = try await download.run(with: client) { now in
                movement.note()
                if now.failureCount > last.failureCount {
                    progress.tellBreak(at: now.size, now.failureCount)
                }
                if now.restartCount > last.restartCount, let restart = now.restart {
                    progress.tell(.restarted(restart))
                }
                last = now
                progress.show(now.size, of: now.total, resumedAt: now.resumedSize)
            }
            let notice = DownloadNotice.stored(
                path: download.path,
                size: end.size,
                resumedSize: end.resumedSize,
                nanoseconds: start.nanosecondsSince
            )
            await progress.end()
            // A person who watched the bar reads what it came to.
            if progress.isShown, !announcer.isVerbose { progress.tell(notice) }
            announcer.tell(.download(notice))
        } catch {
            await progress.end()
            tellWhatIsLeft(last)
            throw error
        }
    }

    private func tellWhatIsLeft(_ last: HTTPDownload.Progress) {
        if let part = last.part {
            announcer.tell(.download(.kept(part: part, size: last.size, total: last.total)))
        } else if last.size > 0 {
            announcer.tell(.download(.notKept(size: last.size)))
        }
    }
}
