/// A packet as one line of text, in the manner of tcpdump(1).
///
/// ```swift
/// let summary = PacketSummary(PacketLayers(parsing: bytes, link: .ethernet))
/// print(time, summary)
/// // IP 10.0.0.1.51812 > 10.0.0.2.80: Flags [S], seq 7, win 64240, options [mss 1460], length 0
/// ```
/// It prints numbers only: no name is looked up, and no byte of the payload reaches the line.
public struct PacketSummary: Sendable, CustomStringConvertible {
    /// The headers it is about.
    public let layers: PacketLayers

    /// How the quoted packet of an ICMP error is printed, if it was quoted.
    private let quote: String?

    /// A summary of headers; of an ICMP error, without the packet it quotes.
    public init(_ layers: PacketLayers) {
        self.layers = layers
        quote = nil
    }

    /// A summary of a packet's bytes; of an ICMP error, with the packet it quotes.
    public init(parsing bytes: RawSpan, link: LinkLayer) {
        self.init(PacketLayers(parsing: bytes, link: link), of: bytes)
    }

    /// A summary of headers read from `bytes`; of an ICMP error, with the packet it quotes.
    public init(_ layers: PacketLayers, of bytes: RawSpan) {
        self.layers = layers
        let quotes =
            switch layers.transport {
            case .icmp(let message): message.quotesPacket
            case .icmpv6(let message): message.quotesPacket
            default: false
            }
        let body = quotes ? try? QuotedPacket(parsing: bytes.extracting(layers.payload)) : nil
        quote = body.map { "\($0)" }
    }

    /// The line, without a time and without a line end.
    public var description: String {
        var line = vlan + network
        if let quote { line += ", for \(quote)" }
        if let problem = layers.problem { line += (line.isEmpty ? "" : " ") + "[\(problem)]" }
        return line
    }

    private var vlan: String {
        guard case .ethernet(let header) = layers.link, let tag = header.tag else { return "" }
        let inner = header.innerTag.map { "vlan \($0.identifier), " } ?? ""
        return "vlan \(tag.identifier), " + inner
    }

    private var network: String {
        switch layers.network {
        case .ipv4(let header):
            "IP " + flow("\(header.source)", "\(header.destination)")
                + transport(isFragment: header.isFragment)
        case .ipv6(let header, let chain):
            "IP6 " + flow("\(header.source)", "\(header.destination)")
                + transport(isFragment: chain?.fragment != nil)
        case .arp(let message): message.summary
        case .other(let type): "ethertype \(type), length \(layers.payloadSize)"
        case .none: ""
        }
    }

    /// `source.port > destination.port: `.
    private func flow(_ source: String, _ destination: String) -> String {
        switch layers.transport {
        case .tcp(let header):
            "\(source).\(header.sourcePort) > \(destination).\(header.destinationPort): "
        case .udp(let header):
            "\(source).\(header.sourcePort) > \(destination).\(header.destinationPort): "
        default: "\(source) > \(destination): "
        }
    }

    private func transport(isFragment: Bool) -> String {
        let length = "length \(layers.payloadSize)"
        let text =
            switch layers.transport {
            case .tcp(let header): header.summary(payloadSize: layers.payloadSize)
            case .udp: "UDP, \(length)"
            case .icmp(let message):
                "ICMP \(message.summary), length \(layers.payloadSize + ICMPv4Message.size)"
            case .icmpv6(let message):
                "ICMP6, \(message.summary), length \(layers.payloadSize + message.size)"
            case .laterFragment(let kind): "\(kind), fragment, \(length)"
            case .other(let kind): "\(kind), \(length)"
            case .none: ""
            }
        if case .laterFragment = layers.transport { return text }
        return isFragment ? text + ", first fragment" : text
    }
}
