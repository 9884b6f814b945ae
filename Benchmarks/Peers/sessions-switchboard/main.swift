// Sessions, the public API as anyone would use it, on one event loop an end; and what they are
// measured beside: the same calls over a plain connection.
//
//     sessions-switchboard server PORT
//     sessions-switchboard calls UNDER-WAY WARM-UP SECONDS SERVER-PID PORT
//     sessions-switchboard raw UNDER-WAY [batched] WARM-UP SECONDS SERVER-PID PORT    (an echo server's)
//     sessions-switchboard log WARM-UP SECONDS SERVER-PID PORT
//     sessions-switchboard latency RATE SECONDS PORT
//     sessions-switchboard hold COUNT PORT                         until its standard input ends
//     sessions-switchboard resume PORT                             through a line that is cut once

import CallLoad
import Glibc
import Sockets

let words = Array(CommandLine.arguments.dropFirst())

/// Not on the main actor: everything runs on a loop.
nonisolated func run(_ words: [String]) async throws {
    guard let mode = words.first, let port = words.last, words.count >= 2 else {
        fatalError("usage: see main.swift")
    }
    let endpoint = try Endpoint("tcp://127.0.0.1:\(port)")
    let middle = words[1..<words.count - 1]
    switch mode {
    case "server": try await serve(on: endpoint)
    case "calls": try await calls(endpoint, middle)
    case "raw": try await rawEchoes(endpoint, middle)
    case "log": try await log(endpoint, middle)
    case "latency": try await latency(endpoint, middle)
    case "hold": try await hold(endpoint, middle)
    case "resume": try await resume(endpoint)
    default: fatalError("usage: see main.swift")
    }
}

try await run(words)
