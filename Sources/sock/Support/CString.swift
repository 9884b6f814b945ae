extension [UInt8] {
    /// The bytes as C has texts, with a NUL at the end: for a path, or a word of a command.
    var cString: [CChar] { map(CChar.init(bitPattern:)) + [0] }
}
