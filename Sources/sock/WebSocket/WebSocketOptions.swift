import ArgumentParser
import HTTP
import HTTPCodec
import Sockets
import WebSocketCodec

/// How a command speaks WebSocket.
struct WebSocketOptions: ParsableArguments {
    @Flag(
        help: "WebSocket: send each read of the input as a binary message, not each line as a text."
    )
    var binary = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "WebSocket: say that the page is from there; to listen: let pages from there in.",
            discussion: "A server lets pages of its own host in, and with * those of any.",
            valueName: "origin"
        )
    )
    var origin: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "WebSocket: offer this subprotocol, or as a server speak it; several, preferred first.",
            valueName: "protocol"
        )
    )
    var subprotocol: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "WebSocket: after the input's end, close when nothing has come for so long: 500ms, 2s.",
            valueName: "time"
        )
    )
    var wait = Seconds(.milliseconds(500))

    /// The largest message, in bytes.
    ///
    /// Arbitrary: a photograph passes, and a peer that sends without end is stopped.
    static let messageSizeLimit = 16 << 20

    /// Whether any was given, which only makes sense where WebSocket is spoken.
    var isGiven: Bool { binary || !origin.isEmpty || !subprotocol.isEmpty }

    func validate() throws {
        for text in origin + subprotocol {
            guard HTTPField.isValidValue(text), !text.isEmpty, !text.contains(",") else {
                throw ValidationError("“\(text.printable)” cannot stand in a header field")
            }
        }
    }

    /// How both sides behave.
    private var configuration: WebSocketConfiguration {
        var configuration = WebSocketConfiguration()
        configuration.limits.messageSizeLimit = Self.messageSizeLimit
        configuration.limits.frameSizeLimit = Self.messageSizeLimit
        // Who is slow is dealt with as on every other line: --idle, and --keep's limit.
        configuration.pace = HTTPPace(grace: .seconds(TimeSpan.limit))
        configuration.subprotocols = subprotocol
        return configuration
    }

    /// How a client behaves.
    func client(notices: @escaping @Sendable (WebSocketNotice) -> Void) -> WebSocketConfiguration {
        var configuration = self.configuration
        configuration.onControlFrame = { notices(WebSocketNotice($0)) }
        return configuration
    }

    /// How a server behaves.
    func server(notices: @escaping @Sendable (WebSocketNotice) -> Void) -> WebSocketConfiguration {
        var configuration = client(notices: notices)
        if origin.contains("*") {
            configuration.origins = .any
        } else if !origin.isEmpty {
            configuration.origins = .only(Set(origin))
        }
        return configuration
    }

    /// The fields of a client's handshake.
    var fields: HTTPFields {
        var fields: HTTPFields = [:]
        if let origin = origin.first { fields[.origin] = origin }
        return fields
    }
}
