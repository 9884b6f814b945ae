import WebSocketCodec

// WebSocketMachine, both roles. Steered by: role, compression, window and limits (1 byte), cuts (2).

/// The same events and answers however the stream is cut; what was understood is sent again and
/// understood the same.
func fuzz(_ input: inout FuzzInput) {
    let setup = Setup(input.byte())
    let cuts = input.cuts()
    let bytes = input.bytes()
    checkHeader(bytes)
    let whole = transcript(bytes, .none, setup)
    check(transcript(bytes, cuts, setup), equals: whole, "cut, it reads otherwise")
    for found in whole.found { checkAgain(found, setup) }
}

private struct Setup {
    let isServer: Bool
    let compression: PermessageDeflate?
    let limits: WebSocketLimits

    init(_ bits: UInt8) {
        isServer = bits & 1 == 0
        let window = [nil, "9", "11", "15"][Int(bits >> 3) & 3]
        let parameter = window.map { [WebSocketExtension.Parameter("server_max_window_bits", $0)] }
        var agreed = PermessageDeflate(
            answering: [WebSocketExtension(PermessageDeflate.name, parameter ?? [])]
        )
        agreed?.sizeMinimum = 0
        compression = bits & 2 == 0 ? nil : agreed
        var limits = WebSocketLimits()
        if bits & 4 != 0 {
            limits.frameSizeLimit = 200
            limits.messageSizeLimit = 300
            limits.fragmentCountLimit = 3
        }
        self.limits = limits
    }

    func machine(isServer: Bool, limits: WebSocketLimits) -> WebSocketMachine {
        WebSocketMachine(
            isServer ? .server : .client(maskingKeys: CountingKeys()),
            limits: limits,
            compression: compression
        )
    }
}

/// Masking keys that are the same every time.
private struct CountingKeys: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state
    }
}

private enum Found: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(WebSocketClose)
    case violation(WebSocketViolation)
}

private struct Transcript: Equatable {
    var found: [Found] = []
    var output: [UInt8] = []
    var state = WebSocketState.open
}

private func transcript(_ bytes: [UInt8], _ cuts: Cuts, _ setup: Setup) -> Transcript {
    read(bytes, cuts, setup.machine(isServer: setup.isServer, limits: setup.limits))
}

private func read(
    _ bytes: [UInt8],
    _ cuts: Cuts,
    _ fresh: consuming WebSocketMachine
) -> Transcript {
    var machine = fresh
    let limits = machine.limits
    var transcript = Transcript()
    var start = 0
    for end in cuts.ends(in: bytes.count) {
        // A copy, so that AddressSanitizer sees what is touched outside of it.
        var piece = Array(bytes[start..<end])
        let size = piece.count
        start = end
        var memory = piece.mutableSpan
        var span = unsafe memory.mutableBytes
        var consumed = 0
        do throws(WebSocketViolation) {
            while let event = try machine.next(
                &span,
                consumed: &consumed,
                output: &transcript.output
            ) {
                let found: Found =
                    switch event {
                    case .text(let payload): .text(payload.array(in: span))
                    case .binary(let payload): .binary(payload.array(in: span))
                    case .ping(let payload): .ping(payload.array(in: span))
                    case .pong(let payload): .pong(payload.array(in: span))
                    case .close(let close): .close(close)
                    }
                if case .text(let payload) = found {
                    check(String(validating: payload, as: UTF8.self) != nil, "text is not UTF-8")
                    check(payload.count <= limits.messageSizeLimit, "a message over the limit")
                }
                if case .binary(let payload) = found {
                    check(payload.count <= limits.messageSizeLimit, "a message over the limit")
                }
                transcript.found.append(found)
            }
        } catch {
            check(error.frameOffset <= UInt64(bytes.count), "broken at byte \(error.frameOffset)")
            check(machine.state == .closed, "it goes on after a violation")
            transcript.found.append(.violation(error))
        }
        check(consumed == size, "it leaves bytes in the input")
    }
    transcript.state = machine.state
    // Rule 5 of WebSocketMachine, and one close frame.
    check(
        transcript.output.count <= 3 * bytes.count + 14 + 125,
        "\(bytes.count) bytes are answered with \(transcript.output.count)"
    )
    return transcript
}

/// A header that reads is written as the same bytes: each has one form only.
private func checkHeader(_ bytes: [UInt8]) {
    guard let header = try? unsafe WebSocketFrameHeader(parsing: bytes.span.bytes) else { return }
    var again: [UInt8] = []
    header.write(to: &again)
    check(again, equals: Array(bytes.prefix(header.size)), "a header has two forms")
}

/// Sends what was received on, as the same role's peer would have: whole, and messages of bytes in
/// fragments too.
private func checkAgain(_ found: Found, _ setup: Setup) {
    var limits = WebSocketLimits()
    limits.messageSizeLimit = setup.limits.messageSizeLimit
    var whole: [UInt8] = []
    var fragments: [UInt8] = []
    var sender = setup.machine(isServer: !setup.isServer, limits: limits)
    do {
        switch found {
        case .text(let payload):
            let text = try UTF8Span(validating: payload.span)
            try sender.send(text: text, to: &whole)
        case .binary(let payload):
            let middle = payload.count / 2
            try sender.send(binary: unsafe payload.span.bytes, to: &whole)
            let bytes = unsafe payload.span.bytes
            try sender.sendFragment(
                binary: bytes.extracting(..<middle),
                isLast: false,
                to: &fragments
            )
            try sender.sendFragment(
                binary: bytes.extracting(middle...),
                isLast: true,
                to: &fragments
            )
        case .ping(let payload): try sender.ping(unsafe payload.span.bytes, to: &whole)
        case .close(let close):
            sender.close(
                close.code == .noStatus ? nil : close.code,
                reason: close.reason,
                to: &whole
            )
        case .pong, .violation: return
        }
    } catch {
        fatalError("does not send what it received: \(error)")
    }
    for sent in [whole, fragments] where !sent.isEmpty {
        let again = read(
            sent,
            .none,
            setup.machine(isServer: setup.isServer, limits: limits)
        )
        check(again.found, equals: [found], "sent again, it reads otherwise")
    }
}
