import Packets

/// An Ethernet frame as a packet socket of type `SOCK_DGRAM` gives it and files keep it.
func cooked(_ frame: [UInt8]) -> [UInt8] {
    let header = LinuxCookedHeader(
        type: EtherType(rawValue: UInt16(frame[12]) << 8 | UInt16(frame[13])),
        interfaceIndex: 1,
        hardwareType: 1,
        direction: .toHost,
        addressSize: 6
    )
    var bytes = [UInt8](repeating: 0, count: LinuxCookedHeader.size)
    let written = bytes.write { bytes in try? header.write(into: &bytes) }
    precondition(written == bytes.count)
    return bytes + frame[14...]
}
