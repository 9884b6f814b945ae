/// Ethernet frames between two Linux hosts with addresses 10.77.0.1 and 10.77.0.2, fd77::1 and
/// fd77::2, as tcpdump captured and printed them.
enum SamplePackets {
    // ARP, Request who-has 10.77.0.2 tell 10.77.0.1, length 28
    static let arpRequest = bytes(
        """
        ffff ffff ffff 7ede 11ac d0a0 0806 0001 0800 0604 0001 7ede 11ac d0a0 0a4d 0001
        0000 0000 0000 0a4d 0002
        """
    )

    // ARP, Reply 10.77.0.2 is-at d2:5d:ff:d8:ba:39, length 28
    static let arpReply = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 0806 0001 0800 0604 0002 d25d ffd8 ba39 0a4d 0002
        7ede 11ac d0a0 0a4d 0001
        """
    )

    // IP 10.77.0.1 > 10.77.0.2: ICMP echo request, id 4660, seq 7, length 32
    static let echoRequest = bytes(
        """
        d25d ffd8 ba39 7ede 11ac d0a0 0800 4500 0034 1005 4000 4001 1628 0a4d 0001 0a4d
        0002 0800 6134 1234 0007 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415
        1617
        """
    )

    // IP 10.77.0.2 > 10.77.0.1: ICMP echo reply, id 4660, seq 7, length 32
    static let echoReply = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 0800 4500 0034 30af 0000 4001 357e 0a4d 0002 0a4d
        0001 0000 6934 1234 0007 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415
        1617
        """
    )

    // IP 10.77.0.1 > 10.77.0.2: ip-proto-1
    static let laterFragment = bytes(
        """
        d25d ffd8 ba39 7ede 11ac d0a0 0800 4500 0094 1006 00b9 4001 550e 0a4d 0001 0a4d
        0002 c0c1 c2c3 c4c5 c6c7 c8c9 cacb cccd cecf d0d1 d2d3 d4d5 d6d7 d8d9 dadb dcdd
        dedf e0e1 e2e3 e4e5 e6e7 e8e9 eaeb eced eeef f0f1 f2f3 f4f5 f6f7 f8f9 fafb fcfd
        feff 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415 1617 1819 1a1b 1c1d
        1e1f 2021 2223 2425 2627 2829 2a2b 2c2d 2e2f 3031 3233 3435 3637 3839 3a3b 3c3d
        3e3f
        """
    )

    // IP6 fd77::1 > fd77::2: ICMP6, echo request, id 4660, seq 8, length 32
    static let echoRequest6 = bytes(
        """
        d25d ffd8 ba39 7ede 11ac d0a0 86dd 600f 3d44 0020 3a40 fd77 0000 0000 0000 0000
        0000 0000 0001 fd77 0000 0000 0000 0000 0000 0000 0002 8000 ede5 1234 0008 0001
        0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415 1617
        """
    )

    // IP6 fd77::2 > fd77::1: ICMP6, echo reply, id 4660, seq 8, length 32
    static let echoReply6 = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 86dd 6006 a95e 0020 3a40 fd77 0000 0000 0000 0000
        0000 0000 0002 fd77 0000 0000 0000 0000 0000 0000 0001 8100 ece5 1234 0008 0001
        0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415 1617
        """
    )

    // IP 10.77.0.1.50963 > 10.77.0.2.9999: UDP, length 6
    static let datagram = bytes(
        """
        d25d ffd8 ba39 7ede 11ac d0a0 0800 4500 0022 588e 4000 4011 cda0 0a4d 0001 0a4d
        0002 c713 270f 000e b936 6865 6c6c 6f0a
        """
    )

    // IP 10.77.0.2 > 10.77.0.1: ICMP 10.77.0.2 udp port 9999 unreachable, length 42
    static let portUnreachable = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 0800 45c0 003e 30bd 0000 4001 34a6 0a4d 0002 0a4d
        0001 0303 11b9 0000 0000 4500 0022 588e 4000 4011 cda0 0a4d 0001 0a4d 0002 c713
        270f 000e b936 6865 6c6c 6f0a
        """
    )

    // IP6 fd77::1 > ff02::1:ff00:2: ICMP6, neighbor solicitation, who has fd77::2, length 32
    static let neighborSolicitation = bytes(
        """
        3333 ff00 0002 7ede 11ac d0a0 86dd 6000 0000 0020 3aff fd77 0000 0000 0000 0000
        0000 0000 0001 ff02 0000 0000 0000 0000 0001 ff00 0002 8700 1d7f 0000 0000 fd77
        0000 0000 0000 0000 0000 0000 0002 0101 7ede 11ac d0a0
        """
    )

    // IP6 fd77::2 > fd77::1: ICMP6, neighbor advertisement, tgt is fd77::2, length 32
    static let neighborAdvertisement = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 86dd 6000 0000 0020 3aff fd77 0000 0000 0000 0000
        0000 0000 0002 fd77 0000 0000 0000 0000 0000 0000 0001 8800 90c6 6000 0000 fd77
        0000 0000 0000 0000 0000 0000 0002 0201 d25d ffd8 ba39
        """
    )

    // IP6 fd77::1.52696 > fd77::2.9999: UDP, length 7
    static let datagram6 = bytes(
        """
        d25d ffd8 ba39 7ede 11ac d0a0 86dd 6008 5686 000f 1140 fd77 0000 0000 0000 0000
        0000 0000 0001 fd77 0000 0000 0000 0000 0000 0000 0002 cdd8 270f 000f c1ed 6865
        6c6c 6f36 0a
        """
    )

    // IP6 fd77::2 > fd77::1: ICMP6, destination unreachable, unreachable port, fd77::2 udp port...
    static let portUnreachable6 = bytes(
        """
        7ede 11ac d0a0 d25d ffd8 ba39 86dd 6001 2eeb 003f 3a40 fd77 0000 0000 0000 0000
        0000 0000 0002 fd77 0000 0000 0000 0000 0000 0000 0001 0104 3bd2 0000 0000 6008
        5686 000f 1140 fd77 0000 0000 0000 0000 0000 0000 0001 fd77 0000 0000 0000 0000
        0000 0000 0002 cdd8 270f 000f c1ed 6865 6c6c 6f36 0a
        """
    )

    // IP 10.77.0.1.41246 > 10.77.0.2.8080: Flags [S], seq 3903767611, win 64240, options [mss 1...
    static let syn = bytes(
        """
        66b1 b9a9 8abd caf6 1482 ba8e 0800 4500 003c 2f42 4000 4006 f6dd 0a4d 0001 0a4d
        0002 a11e 1f90 e8ae c43b 0000 0000 a002 faf0 6d29 0000 0204 05b4 0402 080a a6a7
        b705 0000 0000 0103 030a
        """
    )

    // IP 10.77.0.2.8080 > 10.77.0.1.41246: Flags [S.], seq 105123811, ack 3903767612, win 65160...
    static let synAcknowledgment = bytes(
        """
        caf6 1482 ba8e 66b1 b9a9 8abd 0800 4500 003c 0000 4000 4006 2620 0a4d 0002 0a4d
        0001 1f90 a11e 0644 0fe3 e8ae c43c a012 fe88 774c 0000 0204 05b4 0402 080a 46a6
        9566 a6a7 b705 0103 030a
        """
    )

    // IP 10.77.0.1.41246 > 10.77.0.2.8080: Flags [P.], seq 1:4, ack 1, win 63, options [nop,nop...
    static let segment = bytes(
        """
        66b1 b9a9 8abd caf6 1482 ba8e 0800 4500 0037 2f44 4000 4006 f6e0 0a4d 0001 0a4d
        0002 a11e 1f90 e8ae c43c 0644 0fe4 8018 003f 31f1 0000 0101 080a a6a7 b705 46a6
        9566 6869 0a
        """
    )

    // IP 10.77.0.1.41246 > 10.77.0.2.8080: Flags [F.], seq 4, ack 1, win 63, options [nop,nop,T...
    static let fin = bytes(
        """
        66b1 b9a9 8abd caf6 1482 ba8e 0800 4500 0034 2f45 4000 4006 f6e2 0a4d 0001 0a4d
        0002 a11e 1f90 e8ae c43f 0644 0fe4 8011 003f a461 0000 0101 080a a6a7 b705 46a6
        9566
        """
    )

    static let all = [
        arpRequest,
        arpReply,
        echoRequest,
        echoReply,
        laterFragment,
        echoRequest6,
        echoReply6,
        datagram,
        portUnreachable,
        neighborSolicitation,
        neighborAdvertisement,
        datagram6,
        portUnreachable6,
        syn,
        synAcknowledgment,
        segment,
        fin,
    ]
}
