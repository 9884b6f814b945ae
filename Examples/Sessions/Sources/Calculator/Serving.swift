import Console
import Sessions
import SessionsCodable
import Sockets

struct Question: Codable, Sendable {
    let left: Double
    let sign: String
    let right: Double

    func answer() throws -> Double {
        switch sign {
        case "+": return left + right
        case "-": return left - right
        case "x": return left * right
        case "/" where right != 0: return left / right
        case "/": throw CallRefusal(.noAnswer, "division by zero")
        default: throw CallRefusal(.noAnswer, "\(sign) is no sign of arithmetic")
        }
    }
}

extension SessionCode {
    /// Applications have the codes from 1,024.
    static let noAnswer = SessionCode(rawValue: 1_024)
}

func serve(on endpoint: Endpoint) async throws {
    var handlers = SessionHandlers()
    handlers.reply("calculate") { (question: Question) in try question.answer() }
    handlers.call("sum") { call in
        var sum = 0.0
        for try await case .message(let number) in call.requests {
            sum += try number.value(as: Double.self)
            try await call.post(value: sum)
        }
    }
    try await SessionServer.listen(on: [endpoint]) { [handlers] server in
        say("listening on \(Endpoint(server.localAddresses[0]))")
        try await server.serve(handlers)
    }
}
