import WebSocketCodec

// Sec-WebSocket-Extensions, as a server and as a client reads it.

/// What reads is printed and reads the same; what is agreed on is what the answer says.
func fuzz(_ input: inout FuzzInput) {
    let text = input.text()
    let offers: [WebSocketExtension]
    do {
        offers = try WebSocketExtension.list(parsing: text)
    } catch {
        if case .malformed(let offset) = error {
            check(0...text.utf8.count ~= offset, "malformed at byte \(offset)")
        }
        return
    }
    let printed = offers.map(\.description).joined(separator: ", ")
    check(isPlain(printed), "it prints what is no token: \(printed.debugDescription)")
    check(
        try? WebSocketExtension.list(parsing: printed),
        equals: offers,
        "printed, it reads otherwise"
    )
    if let agreed = PermessageDeflate(answering: offers) {
        check(9...15 ~= agreed.serverWindowBits, "a window no server has")
        check(
            try? PermessageDeflate(accepting: [agreed.response]),
            equals: agreed,
            "the client agrees to something else than the server"
        )
    }
    if let agreed = try? PermessageDeflate(accepting: offers) {
        check(8...15 ~= agreed.serverWindowBits, "a window no inflater has")
    }
}
