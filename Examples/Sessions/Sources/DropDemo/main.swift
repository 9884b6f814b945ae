import Console
import Sessions

// Both ends of `make demo-drop`: a numbered feed one way and a file the other, in one session.
//
//     DropDemo serve ENDPOINT FOLDER MESSAGES
//     DropDemo visit ENDPOINT FOLDER FILE
//
// Each leaves its ledger in the folder; the server leaves the file there, too.

let usage = "usage: DropDemo serve ENDPOINT FOLDER MESSAGES | visit ENDPOINT FOLDER FILE"
let request = Request(usage: usage)

do {
    switch (request.verb, request.rest.count) {
    case ("serve", 2):
        let count = Int(request.rest[1]) ?? 1_000
        try await serve(on: request.endpoint, folder: request.rest[0], count: count)
    case ("visit", 2):
        try await visit(request.endpoint, folder: request.rest[0], file: request.rest[1])
    default:
        Request.exit(with: usage)
    }
} catch {
    fail(error)
}
