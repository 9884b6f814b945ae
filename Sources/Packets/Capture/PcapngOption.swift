/// The options of blocks that are written and read here (§3.5, §4).
enum PcapngOption {
    static let end: UInt16 = 0
    static let sectionApplication: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let interfaceTimeResolution: UInt16 = 9
    static let interfaceFilter: UInt16 = 11
    static let interfaceTimeOffset: UInt16 = 14
    static let packetFlags: UInt16 = 2
    static let packetDropCount: UInt16 = 4
    static let statisticsReceived: UInt16 = 4
    static let statisticsDropped: UInt16 = 5
}
