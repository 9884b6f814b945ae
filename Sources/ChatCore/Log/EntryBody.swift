/// What an entry says.
public enum EntryBody: Hashable, Sendable {
    // MARK: Words
    case said(MessageSaid)
    case reaction(ReactionMade)
    case redacted(MessageRedacted)

    // MARK: Rooms
    case roomMade(RoomMade)
    case roomRegistered(RoomRegistered)
    case roomRenamed(RoomRenamed)
    case topic(TopicSet)
    case modes(ModesChanged)
    case list(ListChanged)
    case role(RoleChanged)
    case retention(RetentionSet)

    // MARK: People
    case arrived(MemberArrived)
    case left(MemberLeft)
    case joined(MemberJoined)
    case parted(MemberParted)
    case kicked(MemberKicked)
    case invited(MemberInvited)
    case nick(NickChanged)
    case away(AwayChanged)

    // MARK: Accounts
    case accountVerifier(AccountVerifierSet)
    case accountSetting(AccountSettingSet)
    case readMarker(ReadMarkerSet)
    case accountStatus(AccountStatusSet)

    // MARK: The network
    case began(NodeBegan)
    case lost(NodeLost)
    case roll(NodeRoll)
    case networkBan(NetworkBanSet)
    case networkNotice(NetworkNotice)

    /// Something of a newer version: its number, and its bytes as they came. It changes nothing,
    /// and is passed on.
    case unknown(number: UInt64, bytes: [UInt8])
}

/// The numbers of the bodies in ``docs/log-format.md``; each is a field of an entry.
extension EntryBody {
    /// The first number that a body can have; fields below it are the entry's own.
    static let firstNumber: UInt64 = 16

    /// The body of this number in a part of some bytes.
    init(
        number: UInt64,
        _ source: [UInt8],
        _ range: Range<Int>
    ) throws(LogFormatError) {
        switch number {
        case 16: self = .said(try FieldDecoder.decode(source, range))
        case 17: self = .reaction(try FieldDecoder.decode(source, range))
        case 18: self = .redacted(try FieldDecoder.decode(source, range))
        case 24: self = .roomMade(try FieldDecoder.decode(source, range))
        case 25: self = .roomRegistered(try FieldDecoder.decode(source, range))
        case 26: self = .roomRenamed(try FieldDecoder.decode(source, range))
        case 27: self = .topic(try FieldDecoder.decode(source, range))
        case 28: self = .modes(try FieldDecoder.decode(source, range))
        case 29: self = .list(try FieldDecoder.decode(source, range))
        case 30: self = .role(try FieldDecoder.decode(source, range))
        case 31: self = .retention(try FieldDecoder.decode(source, range))
        case 40: self = .arrived(try FieldDecoder.decode(source, range))
        case 41: self = .left(try FieldDecoder.decode(source, range))
        case 42: self = .joined(try FieldDecoder.decode(source, range))
        case 43: self = .parted(try FieldDecoder.decode(source, range))
        case 44: self = .kicked(try FieldDecoder.decode(source, range))
        case 45: self = .invited(try FieldDecoder.decode(source, range))
        case 46: self = .nick(try FieldDecoder.decode(source, range))
        case 47: self = .away(try FieldDecoder.decode(source, range))
        case 56: self = .accountVerifier(try FieldDecoder.decode(source, range))
        case 57: self = .accountSetting(try FieldDecoder.decode(source, range))
        case 58: self = .readMarker(try FieldDecoder.decode(source, range))
        case 59: self = .accountStatus(try FieldDecoder.decode(source, range))
        case 72: self = .began(try FieldDecoder.decode(source, range))
        case 73: self = .lost(try FieldDecoder.decode(source, range))
        case 74: self = .roll(try FieldDecoder.decode(source, range))
        case 75: self = .networkBan(try FieldDecoder.decode(source, range))
        case 76: self = .networkNotice(try FieldDecoder.decode(source, range))
        default: self = .unknown(number: number, bytes: Array(source[range]))
        }
    }

    /// Its number, and its fields.
    func encoded() throws(LogFormatError) -> (number: UInt64, bytes: [UInt8]) {
        switch self {
        case .said(let body): (16, try FieldEncoder.encode(body))
        case .reaction(let body): (17, try FieldEncoder.encode(body))
        case .redacted(let body): (18, try FieldEncoder.encode(body))
        case .roomMade(let body): (24, try FieldEncoder.encode(body))
        case .roomRegistered(let body): (25, try FieldEncoder.encode(body))
        case .roomRenamed(let body): (26, try FieldEncoder.encode(body))
        case .topic(let body): (27, try FieldEncoder.encode(body))
        case .modes(let body): (28, try FieldEncoder.encode(body))
        case .list(let body): (29, try FieldEncoder.encode(body))
        case .role(let body): (30, try FieldEncoder.encode(body))
        case .retention(let body): (31, try FieldEncoder.encode(body))
        case .arrived(let body): (40, try FieldEncoder.encode(body))
        case .left(let body): (41, try FieldEncoder.encode(body))
        case .joined(let body): (42, try FieldEncoder.encode(body))
        case .parted(let body): (43, try FieldEncoder.encode(body))
        case .kicked(let body): (44, try FieldEncoder.encode(body))
        case .invited(let body): (45, try FieldEncoder.encode(body))
        case .nick(let body): (46, try FieldEncoder.encode(body))
        case .away(let body): (47, try FieldEncoder.encode(body))
        case .accountVerifier(let body): (56, try FieldEncoder.encode(body))
        case .accountSetting(let body): (57, try FieldEncoder.encode(body))
        case .readMarker(let body): (58, try FieldEncoder.encode(body))
        case .accountStatus(let body): (59, try FieldEncoder.encode(body))
        case .began(let body): (72, try FieldEncoder.encode(body))
        case .lost(let body): (73, try FieldEncoder.encode(body))
        case .roll(let body): (74, try FieldEncoder.encode(body))
        case .networkBan(let body): (75, try FieldEncoder.encode(body))
        case .networkNotice(let body): (76, try FieldEncoder.encode(body))
        case .unknown(let number, let bytes): (number, bytes)
        }
    }
}
