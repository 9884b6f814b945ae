import Console
import Sessions
import SessionsCodable
import Sockets

/// One request, one answer; the server hears of the deadline, and nothing runs behind it.
func ask(_ words: [String], at endpoint: Endpoint) async throws {
    guard let left = Double(words[0]), let right = Double(words[2]) else {
        Request.exit(with: "these are no numbers")
    }
    let question = Question(left: left, sign: words[1], right: right)
    do {
        let answer = try await Session.connect(to: endpoint) { session in
            try await session.call(
                "calculate",
                question,
                as: Double.self,
                by: .after(.seconds(10))
            )
        }
        say("\(answer)")
    } catch let error as SessionError where error.code == .noAnswer {
        say("no answer: \(error.text)")
    }
}

/// Sums come back while numbers still go out.
func sum(_ numbers: [Double], at endpoint: Endpoint) async throws {
    try await Session.connect(to: endpoint) { session in
        let call = try await session.openCall("sum")
        async let asking: Void = {
            for number in numbers { try await call.post(value: number) }
            try call.finish()
        }()
        for try await case .message(let sum) in call.answers {
            say("\(try sum.value(as: Double.self))")
        }
        try await asking
    }
}
