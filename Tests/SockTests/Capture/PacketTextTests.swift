import Packets
import Sockets
import Testing

@testable import sock

struct PacketTextTests {
    private func line(
        _ direction: LinuxCookedHeader.Direction,
        vlan: EthernetHeader.VLANTag? = nil,
        isVerbose: Bool = false,
        isColoured: Bool = false
    ) -> String {
        var text = PacketText(showsInterface: true, isVerbose: isVerbose, isColoured: isColoured)
        let link = LinuxCookedHeader(
            type: .arp,
            interfaceIndex: .max,
            hardwareType: 1,
            direction: direction,
            address: 0x0200_0000_0001_0000,
            addressSize: 6
        )
        let bytes: [UInt8] = [0, 1, 8]
        let packet = ReceivedPacket(
            link: link,
            vlan: vlan,
            receiveTime: .nanoseconds(1_234_567_899),
            count: 3,
            size: 28
        )
        return unsafe text.lines(packet, bytes.span.bytes)
    }

    @Test func theTimeHasMicrosecondsAndAnInterfaceThatIsGoneItsNumber() {
        let parts = line(.toHost).split(separator: " ")
        // Of whatever time zone.
        #expect(parts[0].hasSuffix(":01.234567"))
        #expect(parts[1] == "#4294967295")
        #expect(parts[2] == "In")
    }

    @Test func everyDirectionHasAMark() {
        let marks = (0...5).map { number in
            line(.init(rawValue: number)).split(separator: " ")[2]
        }
        #expect(marks == ["In", "B", "M", "P", "Out", "?"])
    }

    @Test func aVLANComesFirst() {
        #expect(line(.outgoing, vlan: .init(control: 0x6007)).contains(" Out vlan 7, [ARP"))
    }

    @Test func detailsAreASecondLine() {
        let lines = line(.toHost, isVerbose: true).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1] == "    from 02:00:00:00:00:01, 28 bytes, 3 kept")
    }

    @Test func coloursAreOnlyThereWhenAskedFor() {
        #expect(!line(.toHost).contains("\u{1B}"))
        #expect(line(.outgoing, isColoured: true).contains("\u{1B}[33mOut\u{1B}[0m"))
    }
}
