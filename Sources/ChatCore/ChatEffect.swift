/// What the caller is to do after a command or a tick, in this order.
public enum ChatEffect: Hashable, Sendable {
    /// Show an event to one member.
    ///
    /// The answer to ``ChatCommand/connect(_:joining:)`` may be for an id that is not a member:
    /// it was refused.
    case deliver(ChatEvent, to: MemberID)

    /// Show an event to everyone who is in `room` now: ``Chat/members(of:)``.
    ///
    /// `origin`, the member that caused it, may be among them. Whether it sees its own doing is
    /// its face's choice: a person has just typed the line, an IRC client may ask for an echo.
    case broadcast(ChatEvent, room: RoomName, origin: MemberID?)

    /// Close this member's connection once what was delivered before is sent. The chat has
    /// already forgotten the member.
    case disconnect(MemberID, Departure)
}
