/// What is wrong with a name, and where.
public enum NameProblem: Error, Hashable, Sendable {
    /// There is nothing to be called by.
    case empty
    /// More than ``ChatLimits/nameCharacterLimit`` characters or ``ChatLimits/nameSizeLimit``
    /// bytes.
    case tooLong
    /// A room's name does not start with `#`.
    case missingHash
    /// A nick starts with a digit or `-`, which would make it look like a number or an option.
    case start(Unicode.Scalar)
    /// A character outside the alphabet, at this byte of the name.
    case character(Unicode.Scalar, offset: Int)
    /// More than ``ChatLimits/nameMarkLimit`` combining marks on one letter, at this byte.
    case marks(offset: Int)
}
