internal import CLinux
internal import Glibc

/// What a ``PacketSocket`` says of the packet whose bytes it put into the caller's memory.
public struct ReceivedPacket: Hashable, Sendable {
    /// Where it came by, which way, what it is and who sent it there (`struct sockaddr_ll`).
    public let link: LinuxCookedHeader

    /// The VLAN tag that was on it, which the kernel keeps beside the bytes (PACKET_AUXDATA).
    public let vlan: EthernetHeader.VLANTag?

    /// When the kernel saw it, by the system's clock: time since 1970-01-01 (SO_TIMESTAMPNS).
    public let receiveTime: Duration

    /// How many bytes there are in memory, from the network's header on.
    public let count: Int

    /// How many bytes it had; the filter or the memory kept fewer.
    public let size: Int

    /// Whether not all of it is in memory.
    public var isTruncated: Bool { size > count }

    /// The interface it came or went by.
    public var interface: NetworkInterface { NetworkInterface(index: link.interfaceIndex) }

    /// A packet as a source of one's own would report it.
    public init(
        link: LinuxCookedHeader,
        vlan: EthernetHeader.VLANTag? = nil,
        receiveTime: Duration,
        count: Int,
        size: Int
    ) {
        self.link = link
        self.vlan = vlan
        self.receiveTime = receiveTime
        self.count = count
        self.size = size
    }

    init(
        link: LinuxCookedHeader,
        control: UnsafeRawBufferPointer,
        count: Int,
        size: Int
    ) {
        var wholeSize = size
        var tag: EthernetHeader.VLANTag?
        var time = Duration.zero
        unsafe ControlMessages.forEach(in: control) { level, type, data in
            switch (level, type) {
            case (SOL_SOCKET, SO_TIMESTAMPNS):
                guard let value = unsafe ControlMessages.load(data, timespec.self) else { return }
                time = .seconds(value.tv_sec) + .nanoseconds(value.tv_nsec)
            case (System.packet, PACKET_AUXDATA):
                guard let value = unsafe ControlMessages.load(data, tpacket_auxdata.self) else {
                    return
                }
                // What a filter cut off only this tells.
                wholeSize = max(wholeSize, Int(value.tp_len))
                tag = EthernetHeader.VLANTag(value)
            default: break
            }
        }
        self.init(link: link, vlan: tag, receiveTime: time, count: count, size: wholeSize)
    }
}

extension EthernetHeader.VLANTag {
    fileprivate init?(_ value: tpacket_auxdata) {
        // TP_STATUS_VLAN_VALID and TP_STATUS_VLAN_TPID_VALID of linux/if_packet.h.
        guard value.tp_status & (1 << 4) != 0 else { return nil }
        let hasType = value.tp_status & (1 << 6) != 0
        self.init(
            type: hasType ? EtherType(rawValue: value.tp_vlan_tpid) : .vlan,
            control: value.tp_vlan_tci
        )
    }
}

extension DatagramBatch {
    /// What a packet socket says of the packet at a place from 0 on.
    ///
    /// Traps if there is none, or if it did not come from a ``PacketSocket``.
    public func packet(at index: Int) -> ReceivedPacket {
        unsafe withHead(at: index) { address, control in
            guard let link = unsafe System.linkHeader(address) else {
                preconditionFailure("a datagram that is not a packet socket's")
            }
            let size = size(at: index)
            return unsafe ReceivedPacket(
                link: link,
                control: control,
                count: min(size, datagramSize),
                size: size
            )
        }
    }
}
