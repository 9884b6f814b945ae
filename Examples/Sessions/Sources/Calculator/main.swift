import Console

// Calls whose requests and answers are values of Swift types.
//
//     Calculator serve localhost:7003
//     Calculator ask localhost:7003 6 x 7            one request, one answer
//     Calculator sum localhost:7003 1 2 3 4 5        numbers in and sums out, at the same time

let usage = "usage: Calculator serve ENDPOINT | ask ENDPOINT A + - x / B | sum ENDPOINT NUMBER…"
let request = Request(usage: usage)

do {
    switch request.verb {
    case "serve":
        try await serve(on: request.endpoint)
    case "ask" where request.rest.count == 3:
        try await ask(request.rest, at: request.endpoint)
    case "sum":
        try await sum(request.rest.compactMap(Double.init), at: request.endpoint)
    default:
        Request.exit(with: usage)
    }
} catch {
    fail(error)
}
