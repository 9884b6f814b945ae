import SocketsTesting

/// Filters about the packets of ``RandomPackets``.
struct RandomFilters {
    var random: SeededRandom

    /// Whether `less` and `greater` may come: files and sockets count link headers differently.
    var hasSizes = true

    mutating func next() -> String { expression(depth: 3) }

    private mutating func expression(depth: Int) -> String {
        var text = term(depth: depth)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            text += pick([" and ", " or ", " && ", " || "]) + term(depth: depth)
        }
        return text
    }

    private mutating func term(depth: Int) -> String {
        let prefix = random.oneIn(4) ? pick(["not ", "! ", "not not "]) : ""
        guard depth > 0, random.oneIn(3) else { return prefix + primitive() }
        return prefix + "(" + expression(depth: depth - 1) + ")"
    }

    private mutating func pick(_ texts: [String]) -> String {
        texts.randomElement(using: &random) ?? ""
    }

    private mutating func primitive() -> String {
        let direction = pick(["", "", "src ", "dst ", "src or dst ", "src and dst "])
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            return pick([
                "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "esp",
                "ah", "pim", "vrrp",
            ])
        case 1: return pick(["", "ip ", "arp ", "rarp "]) + direction + "host " + host4()
        case 2: return pick(["", "ip6 "]) + direction + "host " + host6()
        case 3:
            let net = pick([
                "10.0.0.0/8", "10.0/16", "10", "10.0", "192.168", "0.0.0.0/0", "10.0.0.0/23",
                "10.0.1.2/32", "10.0.0.0 mask 255.255.255.0", "192.168.7.9",
            ])
            return pick(["", "ip ", "arp "]) + direction + "net " + net
        case 4:
            let net = pick([
                "fd77::/16", "fd77::/64", "::/0", "fd77:0:0:1::/64", "2001:db8::1/128", "fd00::/9",
            ])
            return pick(["", "ip6 "]) + direction + "net " + net
        case 5: return transport() + direction + "port " + port()
        case 6: return transport() + direction + "portrange \(port())-\(port())"
        case 7:
            return pick(["", "ip ", "ip6 "]) + "proto "
                + pick(["1", "6", "17", "44", "\\udp", "132"])
        case 8:
            return pick(["ip multicast", "ip6 multicast", "ether proto 0x88cc", "ether proto 2048"])
        default:
            guard hasSizes else { return "port \(port()) or \(port())" }
            return pick(["less ", "greater "]) + "\(Int.random(in: 60...260, using: &random))"
        }
    }

    private mutating func host4() -> String {
        pick(["10.0.0.1", "10.0.1.2", "192.168.7.9", "1.2.3.4"])
    }
    private mutating func host6() -> String {
        pick(["fd77::1", "fd77:0:0:1::2", "2001:db8::1", "::1"])
    }
    private mutating func port() -> String { pick(["22", "53", "80", "443", "1000"]) }
    private mutating func transport() -> String { pick(["", "tcp ", "udp ", "sctp "]) }
}
