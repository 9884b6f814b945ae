import Console

// Sends a folder. Whatever happens to the line or to either end, the next attempt goes on where the
// last one stopped, and a file has its name only when its checksum is right.
//
//     FileDrop receive localhost:7004 INTO
//     FileDrop send localhost:7004 FOLDER

let usage = "usage: FileDrop receive ENDPOINT INTO | send ENDPOINT FOLDER"
let request = Request(usage: usage)

do {
    switch (request.verb, request.rest.first) {
    case ("receive", let folder?): try await receive(on: request.endpoint, into: folder)
    case ("send", let folder?): try await send(folder, to: request.endpoint)
    default: Request.exit(with: usage)
    }
} catch {
    fail(error)
}
