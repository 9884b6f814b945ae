extension NetworkNamespace {
    /// Sends an Ethernet frame, written in hexadecimal, by an interface, as it is.
    public func send(frame: String, by interface: String) throws {
        let script = """
            import socket
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind(("\(interface)", 0))
            s.send(bytes.fromhex("\(frame)"))
            """
        try run("python3", "-c", script)
    }

    /// A broadcast frame of VLAN 7 with an echo request from 10.9.0.2 to 10.9.0.1.
    public static let taggedEchoRequest = """
        ffffffffffff 020000000002 8100 6007 0800
        4500001c00000000400100000a0900020a090001 0800f7ff00000000
        """.split(separator: "\n").joined(separator: " ")
}
