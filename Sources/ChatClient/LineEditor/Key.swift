/// What a person pressed, as far as a line editor cares.
enum Key: Hashable, Sendable {
    /// A character, or a part of one that combines with what stands before it.
    case text(Unicode.Scalar)
    case enter, backspace, delete
    case left, right, up, down, home, end
    /// A letter with the control key, `a`…`z`, or the backslash.
    case control(Character)
    /// A line end or a tab that was pasted, not pressed.
    case pastedBlank
}
