import ArgumentParser

/// What several commands say of the endpoints they take.
enum EndpointHelp {
    static let target = ArgumentHelp(
        "Where to: host:port, tls://…, ws://…, wss://…, unix:/path, udp://….",
        discussion: "Also unix-datagram:/path; a port may be a service's name: localhost:http."
    )

    static let place = ArgumentHelp(
        "Where: host:port, :port (every address), port (127.0.0.1), tls://…, unix:/path.",
        discussion: "Also ws://host:port/path, wss://…, udp://host:port and unix-datagram:/path."
    )

    static let port: ArgumentHelp = "The port, where the host is a word of its own."
}
