// Sessions, the public API as anyone would use it, on one event loop an end; and what they are
// measured beside: the same calls over a plain connection.

import CallLoad
import Glibc
import Sockets

/// Not on the main actor: everything runs on a loop.
nonisolated func run() async throws {
    var words = CommandWords(
        usage: """
            usage: sessions-switchboard server PORT
                   sessions-switchboard calls UNDER-WAY WARM-UP SECONDS SERVER-PID PORT
                   sessions-switchboard raw UNDER-WAY [batched] WARM-UP SECONDS SERVER-PID PORT
                   sessions-switchboard log WARM-UP SECONDS SERVER-PID PORT
                   sessions-switchboard latency RATE SECONDS PORT
                   sessions-switchboard hold COUNT PORT
                   sessions-switchboard resume PORT
            `raw` is for an echo server, `resume` goes through a line that is cut once; `hold` holds \
            until its standard input ends.
            """
    )
    let mode = words.word()
    let port = words.lastWord()
    guard UInt16(port) != nil else { words.endWithUsage() }
    let endpoint = try Endpoint("tcp://127.0.0.1:\(port)")
    switch mode {
    case "server": try await serve(on: endpoint)
    case "calls": try await calls(endpoint, &words)
    case "raw": try await rawEchoes(endpoint, &words)
    case "log": try await log(endpoint, &words)
    case "latency": try await latency(endpoint, &words)
    case "hold": try await hold(endpoint, &words)
    case "resume": try await resume(endpoint)
    default: words.endWithUsage()
    }
}

do { try await run() } catch { fail("\(error)") }
