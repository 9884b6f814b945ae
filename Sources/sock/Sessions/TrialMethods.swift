import Glibc
import Sessions
import Sockets

/// Methods that a person can try calls with.
enum TrialMethods {
    static var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.call("echo") { call in
            for try await case .message(let message) in call.requests {
                try await call.post(message.bytes)
            }
        }
        handlers.reply("time") { _ in Array(now.utf8) }
        handlers.call("ticks") { call in
            var next = Deadline.now
            while true {
                try await call.send(now)
                next = next.advanced(by: .seconds(1))
                try await call.session.loop.sleep(until: next)
            }
        }
        return handlers
    }

    /// The time of day in UTC (RFC 3339): `2026-02-03T04:05:06Z`.
    private static var now: String {
        var seconds = time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func digits(_ number: CInt, _ width: Int = 2) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = unsafe [
            digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1), digits(parts.tm_mday),
        ]
        let clock = unsafe [digits(parts.tm_hour), digits(parts.tm_min), digits(parts.tm_sec)]
        return "\(date.joined(separator: "-"))T\(clock.joined(separator: ":"))Z"
    }
}
