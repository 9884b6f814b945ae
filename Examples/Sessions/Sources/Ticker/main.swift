import Console

// A market. Whoever watches has the latest price of each share, however slow, and every trade.
//
//     Ticker serve localhost:7001 SECONDS            trades so long, then says the last prices
//     Ticker watch localhost:7001 [MILLISECONDS]     so long to look at each price: a slow reader

let usage = "usage: Ticker serve ENDPOINT SECONDS | watch ENDPOINT [MILLISECONDS]"
let request = Request(usage: usage)

do {
    switch (request.verb, request.rest.first.map { Int($0) }) {
    case ("serve", let seconds??): try await serve(on: request.endpoint, seconds: seconds)
    case ("watch", nil): try await watch(request.endpoint, pause: .zero)
    case ("watch", let pause??): try await watch(request.endpoint, pause: .milliseconds(pause))
    default: Request.exit(with: usage)
    }
} catch {
    fail(error)
}
