import Console

// A control room that keeps rooms warm. Their thermostats connect to it from behind whatever is
// between, and are called by it.
//
//     Thermostat control localhost:7002
//     Thermostat room localhost:7002 kitchen

let usage = "usage: Thermostat control ENDPOINT | room ENDPOINT NAME"
let request = Request(usage: usage)

do {
    switch (request.verb, request.rest.first) {
    case ("control", nil): try await control(on: request.endpoint)
    case ("room", let name?): try await run(Room(), named: name, at: request.endpoint)
    default: Request.exit(with: usage)
    }
} catch {
    fail(error)
}
