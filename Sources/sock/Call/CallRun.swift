import Glibc
import Sessions
import Sockets

/// One call, and what comes of it.
struct CallRun: Sendable {
    let method: String
    /// Nil where the standard input says it.
    let request: [UInt8]?
    let output: PieceOutput

    /// A request may have so many bytes before anybody is asked whether it takes them.
    ///
    /// Arbitrary: what one message takes is the server's limit, and far less by default.
    private static let requestSizeLimit = 16 << 20

    /// Runs the call by `body`, and says in words of the command what a code means here.
    private func calling(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as SessionError
            where error.code == .unknownName && error.text.isEmpty
        {
            throw Failure(.failed, "the server has no method \(method.printable)")
        }
    }

    // MARK: One request, one answer

    /// Sends the request, and prints the answer as it is.
    func ask(in session: Session) async throws {
        try await calling { try await exchange(in: session) }
    }

    private func exchange(in session: Session) async throws {
        let request = try await wholeRequest()
        let call = try await session.openCall(method)
        let pending = try await call.enqueue(request)
        do {
            try call.finish()
            try await printAnswer(call.answers)
        } catch var error as SessionError {
            // Cancelled or too late, it is withdrawn, and what the server says of it comes soon.
            error.receipt = pending.receiptIfReady ?? .unknown(error.code)
            throw error
        }
    }

    private func wholeRequest() async throws -> [UInt8] {
        if let request { return request }
        // A person who types nothing asks without a request.
        guard !Terminal.isTerminal(STDIN_FILENO) else { return [] }
        var bytes: [UInt8] = []
        let input = InputChunks(STDIN_FILENO)
        while let chunk = try await input.next() {
            bytes += chunk
            guard bytes.count <= Self.requestSizeLimit else {
                throw Failure(.failed, "a request of more than \(Self.requestSizeLimit) bytes")
            }
        }
        return bytes
    }

    private func printAnswer(_ answers: CallMessages) async throws {
        let output = Output(STDOUT_FILENO)
        var view = View(raw: false)
        var last: UInt8?
        while let element = try await answers.next() {
            let bytes = try Self.bytes(of: element)
            last = bytes.last ?? last
            try await output.write(view.show(bytes))
        }
        // So that the prompt is at the beginning of a line.
        let newline = UInt8(ascii: "\n")
        let isOpen = last.map { $0 != newline } ?? false
        let end = isOpen && Terminal.isTerminal(STDOUT_FILENO) ? [newline] : []
        try await output.write(view.finish() + end)
    }

    private static func bytes(of element: ChannelElement) throws(Failure) -> [UInt8] {
        switch element {
        case .message(let message): return message.bytes
        case .gap(let gap):
            throw Failure(
                .failed,
                "\(gap.count) messages of the answer are missing: \(gap.cause.words)"
            )
        }
    }

    // MARK: Messages both ways

    /// Sends lines as they come, and prints each message of the answer as a line, until that has ended.
    func stream(in session: Session) async throws {
        try await calling { try await converse(in: session) }
    }

    private func converse(in session: Session) async throws {
        let call = try await session.openCall(method)
        let lines = LineInput(request)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask(executorPreference: session.loop) {
                try await send(lines, in: call)
                return false
            }
            group.addTask(executorPreference: session.loop) {
                try await printAnswers(of: call)
                return true
            }
            defer { group.cancelAll() }
            // The answer's end is the end, whatever is still to be said.
            while try await group.next() == false {}
        }
    }

    private func send(_ lines: LineInput, in call: OutgoingCall) async throws {
        do {
            var number = 0
            while let line = try await lines.next() {
                number += 1
                switch line {
                case .whole(let bytes): try await call.post(bytes)
                case .tooLong(let size):
                    // A request without one of its messages is another request.
                    throw Failure(.failed, "line \(number): \(LineInput.Line.refusal(of: size))")
                }
            }
            try call.finish()
        } catch let error as SessionError
            where [.answered, .reset, .finished].contains(error.kind)
        {
            // The server wants no more; what it says of that is the answer's end.
        }
    }

    private func printAnswers(of call: OutgoingCall) async throws {
        while let element = try await call.answers.next() {
            let bytes = try Self.bytes(of: element)
            var members: JSONLine = ["method": .text(method)]
            if case .message(let message) = element {
                members.append("number", .number(Int(clamping: message.number)))
            }
            try await output.write(bytes, members)
        }
    }
}
