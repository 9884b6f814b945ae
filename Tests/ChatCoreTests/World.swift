import ChatCore
import Testing

/// A chat whose clock is set by hand and whose invariants are checked after each call.
struct World {
    var chat: Chat
    var now = ChatInstant(nanoseconds: 0)

    init(limits: ChatLimits = ChatLimits()) {
        chat = Chat(limits: limits)
    }

    @discardableResult
    mutating func act(_ id: UInt64, _ command: ChatCommand) -> [ChatEffect] {
        let effects = chat.handle(command, from: MemberID(id), now: now)
        chat.checkInvariants()
        return effects
    }

    /// Admits a member to the lobby, or to no room.
    @discardableResult
    mutating func admit(
        _ id: UInt64,
        _ name: String,
        _ room: String? = "#lobby"
    ) throws
        -> [ChatEffect]
    {
        act(id, .connect(try Nick(name), joining: try room.map { try RoomName($0) }))
    }

    mutating func say(_ id: UInt64, _ text: String, _ room: RoomName = .lobby) -> [ChatEffect] {
        act(id, .say(text, kind: .words, in: room))
    }

    mutating func wait(seconds: Int64) -> [ChatEffect] {
        now = now.advanced(byNanoseconds: seconds * 1_000_000_000)
        let effects = chat.tick(now: now)
        chat.checkInvariants()
        return effects
    }
}

/// The refusals among effects, and who got them.
func refusals(_ effects: [ChatEffect]) -> [Refusal] {
    effects.compactMap {
        if case .deliver(.refused(let refusal), _) = $0 { refusal } else { nil }
    }
}

/// SplitMix64: a seed reproduces the world.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The text of rendered bytes.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
