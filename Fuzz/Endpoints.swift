import Sockets

// Endpoint, Endpoint.Host, SocketAddress, UnixAddress.

/// What reads is printed and reads the same; errors point into the text and are safe to print.
func fuzz(_ input: inout FuzzInput) {
    let text = input.text()
    let endpoint = reading(text) { text throws(AddressParseError) in try Endpoint(text) }
    let address = reading(text) { text throws(AddressParseError) in try SocketAddress(text) }
    let host = reading(text) { text throws(AddressParseError) in try Endpoint.Host(text) }

    if let endpoint {
        let printed = "\(endpoint)"
        check(isText(printed), "it prints what steers the terminal")
        check(try? Endpoint(printed), equals: endpoint, "\(printed) reads otherwise")
        check(endpoint.path.isEmpty != endpoint.scheme.isWebSocket, "a path where none belongs")
        let parts = try? Endpoint(
            scheme: endpoint.scheme,
            host: endpoint.host,
            port: endpoint.port,
            path: endpoint.path
        )
        check(parts, equals: endpoint, "its parts make another")
    }
    if let address {
        let printed = "\(address)"
        check(isText(printed), "it prints what steers the terminal")
        check(try? SocketAddress(printed), equals: address, "\(printed) reads otherwise")
        check(Endpoint(address).socketAddress, equals: address, "as an endpoint it is another")
        check(endpoint?.socketAddress, equals: address, "read as an endpoint it is another")
    }
    if let host { check(isPlain("\(host)"), "it prints what steers the terminal") }
    if case .name(let name) = host {
        check(name.utf8.count <= 254, "a name over the limit")
        check(try? Endpoint.Host(name), equals: host, "\(name) reads otherwise")
    }
}

private func reading<Value>(
    _ text: String,
    _ parse: (String) throws(AddressParseError) -> Value
) -> Value? {
    do throws(AddressParseError) {
        return try parse(text)
    } catch {
        check(
            error.offset >= 0 && error.length >= 0
                && error.offset + error.length <= max(text.utf8.count, error.offset),
            "an error at \(error.offset) of \(text.utf8.count)"
        )
        check(isPlain(error.message.filter { $0 != "\n" }), "an error that steers the terminal")
        return nil
    }
}

/// Whether it is text for people: paths of Unix sockets may be in any language.
private func isText(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
        switch $0.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: false
        default: true
        }
    }
}
