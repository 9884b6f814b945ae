/// Compression of messages as two ends agreed on it (RFC 7692), always without context takeover:
/// every message is compressed by itself, so that an idle connection keeps no window.
///
/// A server: parse the client's field, take an offer, answer with ``response``.
/// ```swift
/// let offers = try WebSocketExtension.list(parsing: field)
/// if let agreed = PermessageDeflate(answering: offers) {
///     reply["Sec-WebSocket-Extensions"] = "\(agreed.response)"
/// }
/// ```
/// A client: send ``offer``, and give the server's field to ``init(accepting:)``.
public struct PermessageDeflate: Hashable, Sendable {
    /// How far back the server's compressor refers, as the base-2 logarithm of bytes: 9 to 15.
    public let serverWindowBits: Int

    /// How far back the client's refers.
    public let clientWindowBits: Int

    /// Messages below this many bytes are sent as they are.
    ///
    /// Arbitrary: below some hundred bytes without context, little is saved and a compressor is set
    /// up for it.
    public var sizeMinimum = 256

    /// The name in `Sec-WebSocket-Extensions`.
    public static let name = "permessage-deflate"

    /// What this package's clients offer.
    ///
    /// They let the server limit their window (§7.1.2.2): some agree to nothing else.
    public static let offer = WebSocketExtension(
        name,
        [
            .init(Parameter.serverNoTakeover), .init(Parameter.clientNoTakeover),
            .init(Parameter.clientWindowBits),
        ]
    )

    /// What a server answers (RFC 7692 §7.1): both ends without context takeover, which a server may
    /// ask for unasked, and the limit on its own window, if the client gave one.
    public var response: WebSocketExtension {
        var parameters: [WebSocketExtension.Parameter] = [
            .init(Parameter.serverNoTakeover), .init(Parameter.clientNoTakeover),
        ]
        if serverWindowBits < Self.widestWindowBits {
            parameters.append(.init(Parameter.serverWindowBits, "\(serverWindowBits)"))
        }
        return WebSocketExtension(Self.name, parameters)
    }

    /// The first of a client's offers that a server can agree to; nil if there is none, and then
    /// nothing is compressed.
    ///
    /// An offer with a parameter that RFC 7692 does not know, twice the same, or with a value that
    /// it does not allow, is passed over (§7); so is one that limits the server's window to 2^8
    /// bytes, which zlib's compressor cannot.
    public init?(answering offers: [WebSocketExtension]) {
        for offer in offers where offer.name == Self.name {
            guard let terms = Terms(offer), terms.clientWindowBits != .invalid else { continue }
            switch terms.serverWindowBits {
            case .absent: self.init(serverWindowBits: Self.widestWindowBits)
            case .bits(let bits) where bits >= Self.narrowestWindowBits:
                self.init(serverWindowBits: bits)
            case .bits, .bare, .invalid: continue
            }
            return
        }
        return nil
    }

    /// What a server's answer to ``offer`` agrees to; nil for an empty list: nothing is compressed.
    ///
    /// - Throws: ``WebSocketExtensionError/notOffered(_:)``, after which the client must fail the
    ///   connection (RFC 6455 §4.1, RFC 7692 §7).
    public init?(accepting answer: [WebSocketExtension]) throws(WebSocketExtensionError) {
        guard let first = answer.first else { return nil }
        if answer.count > 1 { throw .notOffered(answer[1]) }
        guard first.name == Self.name, let terms = Terms(first),
            terms.serverNoTakeover,  // offered, so it must be answered (RFC 7692 §7.1.1.1)
            // A limit on the server's window is allowed unasked (§7.1.2.1); an inflater can do 8.
            let serverBits = terms.serverWindowBits.answered,
            let clientBits = terms.clientWindowBits.answered
        else { throw .notOffered(first) }
        self.init(serverWindowBits: serverBits, clientWindowBits: clientBits)
        // What zlib cannot compress so that the server could read it is sent as it is (§6).
        if clientBits < Self.narrowestWindowBits { sizeMinimum = .max }
    }

    private init(serverWindowBits: Int, clientWindowBits: Int = widestWindowBits) {
        self.serverWindowBits = serverWindowBits
        self.clientWindowBits = clientWindowBits
    }

    /// zlib's compressor takes 9 bits for 8 since 1.2.5, and refuses 8 for raw DEFLATE.
    private static let narrowestWindowBits = 9
    private static let widestWindowBits = 15

    private enum Parameter {
        static let serverNoTakeover = "server_no_context_takeover"
        static let clientNoTakeover = "client_no_context_takeover"
        static let serverWindowBits = "server_max_window_bits"
        static let clientWindowBits = "client_max_window_bits"
    }

    /// The parameters of one entry (RFC 7692 §7.1).
    private struct Terms {
        enum WindowBits: Equatable {
            case absent
            case bare
            case bits(Int)
            case invalid

            /// A decimal number from 8 to 15 without leading zeros.
            init(_ value: String?) {
                guard let value else {
                    self = .bare
                    return
                }
                let bits = (8...15).first { "\($0)" == value }
                self = bits.map { .bits($0) } ?? .invalid
            }

            /// What it means in a server's answer, where there is a value or no limit; nil otherwise.
            var answered: Int? {
                switch self {
                case .absent: PermessageDeflate.widestWindowBits
                case .bits(let bits): bits
                case .bare, .invalid: nil
                }
            }
        }

        var serverNoTakeover = false
        var serverWindowBits = WindowBits.absent
        var clientWindowBits = WindowBits.absent

        /// Nil for what makes an entry invalid, whatever its other parameters say.
        init?(_ entry: WebSocketExtension) {
            guard Set(entry.parameters.map(\.name)).count == entry.parameters.count else {
                return nil
            }
            for parameter in entry.parameters {
                switch (parameter.name, parameter.value) {
                case (Parameter.serverNoTakeover, nil): serverNoTakeover = true
                case (Parameter.clientNoTakeover, nil): break
                case (Parameter.serverWindowBits, let value): serverWindowBits = .init(value)
                case (Parameter.clientWindowBits, let value): clientWindowBits = .init(value)
                default: return nil
                }
            }
        }
    }
}
