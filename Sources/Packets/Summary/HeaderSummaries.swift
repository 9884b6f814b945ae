extension ARPMessage {
    /// As tcpdump prints it, without the length.
    var summary: String {
        switch operation {
        case .request: "ARP, Request who-has \(target) tell \(sender)"
        case .reply: "ARP, Reply \(sender) is-at \(senderHardware)"
        default: "ARP, operation \(operation.rawValue)"
        }
    }
}

extension TCPHeader {
    /// As tcpdump prints it, with sequence numbers as they are in the header.
    func summary(payloadSize: Int) -> String {
        var text = "Flags [\(flags)]"
        if payloadSize > 0 {
            text +=
                ", seq \(sequenceNumber):\(sequenceNumber &+ UInt32(truncatingIfNeeded: payloadSize))"
        } else if !flags.isDisjoint(with: [.syn, .fin, .rst]) {
            text += ", seq \(sequenceNumber)"
        }
        if flags.contains(.ack) { text += ", ack \(acknowledgmentNumber)" }
        text += ", win \(window)"
        if flags.contains(.urg) { text += ", urg \(urgentPointer)" }
        if options.size > 0 { text += ", options [\(optionsSummary)]" }
        return text + ", length \(payloadSize)"
    }

    private var optionsSummary: String {
        do throws(PacketError) {
            return try TCPOptions(parsing: options).summary
        } catch {
            return "bad: \(error)"
        }
    }
}

extension TCPOptions {
    var summary: String {
        var parts: [String] = []
        if let maximumSegmentSize { parts.append("mss \(maximumSegmentSize)") }
        if isSACKPermitted { parts.append("sackOK") }
        if let timestamps { parts.append("TS val \(timestamps.value) ecr \(timestamps.echo)") }
        if let windowScale { parts.append("wscale \(windowScale)") }
        for index in 0..<sackBlockCount {
            parts.append("sack {\(sackBlock(index).first):\(sackBlock(index).end)}")
        }
        return parts.joined(separator: ",")
    }
}

extension ICMPv4Message {
    var summary: String {
        switch self {
        case .echoRequest(let echo):
            "echo request, id \(echo.identifier), seq \(echo.sequenceNumber)"
        case .echoReply(let echo):
            "echo reply, id \(echo.identifier), seq \(echo.sequenceNumber)"
        case .destinationUnreachable(Self.fragmentationNeeded, let mtu):
            "unreachable - need to frag (mtu \(mtu))"
        case .destinationUnreachable(let code, _): "unreachable - \(Self.unreachable(code))"
        case .redirect(_, let gateway): "redirect to \(gateway)"
        case .timeExceeded(0): "time exceeded in-transit"
        case .timeExceeded: "ip reassembly time exceeded"
        case .parameterProblem(_, let pointer): "parameter problem - octet \(pointer)"
        case .other(let type, let code, _): "type \(type) code \(code)"
        }
    }

    private static func unreachable(_ code: UInt8) -> String {
        switch code {
        case 0: "net"
        case 1: "host"
        case 2: "protocol"
        case 3: "port"
        case 9, 10, 13: "admin prohibited"
        default: "code \(code)"
        }
    }
}

extension ICMPv6Message {
    var summary: String {
        switch self {
        case .destinationUnreachable(let code):
            "destination unreachable, "
                + (code == 4 ? "port" : code == 3 ? "address" : "code \(code)")
        case .packetTooBig(let mtu): "packet too big, mtu \(mtu)"
        case .timeExceeded(0): "time exceeded in-transit"
        case .timeExceeded: "ip reassembly time exceeded"
        case .parameterProblem(let code, let pointer):
            "parameter problem, code \(code), octet \(pointer)"
        case .echoRequest(let echo):
            "echo request, id \(echo.identifier), seq \(echo.sequenceNumber)"
        case .echoReply(let echo):
            "echo reply, id \(echo.identifier), seq \(echo.sequenceNumber)"
        case .neighborSolicitation(let target): "neighbor solicitation, who has \(target)"
        case .neighborAdvertisement(let target, _): "neighbor advertisement, tgt is \(target)"
        case .redirect(let target, let destination): "redirect, \(destination) to \(target)"
        case .other(133, _, _): "router solicitation"
        case .other(134, _, _): "router advertisement"
        case .other(let type, let code, _): "type \(type) code \(code)"
        }
    }
}

extension QuotedPacket: CustomStringConvertible {
    /// `10.0.0.1.40000 > 10.0.0.9.33434: udp`.
    public var description: String {
        switch transport {
        case .udp(let from, let to, _), .tcp(let from, let to, _):
            "\(source).\(from) > \(destination).\(to): \(payloadProtocol)"
        case .echoRequest(let echo):
            "\(source) > \(destination): \(payloadProtocol) echo request, id \(echo.identifier), "
                + "seq \(echo.sequenceNumber)"
        case .unknown: "\(source) > \(destination): \(payloadProtocol)"
        }
    }
}
