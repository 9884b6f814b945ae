internal import Escaping

extension TextFace {
    /// What a refusal says: what is wrong, and what would be right.
    static func words(_ refusal: Refusal) -> String {
        switch refusal {
        case .invalidName(let problem): return words(problem)
        case .nickTaken(let nick, let suggestion):
            let hint = suggestion.map { "; \($0) is free" } ?? ""
            return "\(nick) is taken\(hint)"
        case .nickUnchanged(let nick): return "you are \(nick) already"
        case .notConnected: return "you have no name here yet"
        case .alreadyConnected: return "you have a name here already; /nick NAME changes it"
        case .chatFull(let limit):
            return "the chat is full (\(grouped(limit)) members); try again later"
        case .tooManyRooms(let limit):
            return "there are \(grouped(limit)) rooms already; join one of them: /rooms"
        case .inTooManyRooms(let limit):
            return "you are in \(grouped(limit)) rooms already; /leave one first"
        case .alreadyInRoom(let room): return "you are in \(room) already"
        case .notInRoom(let room): return "you are not in \(room); /join \(room) first"
        case .noSuchRoom(let room): return "there is no room \(room); /rooms lists them"
        case .noSuchMember(let nick): return "there is nobody called \(nick)"
        case .emptyText: return "there is nothing to say"
        case .textTooLong(let size, let limit):
            return "not sent: \(grouped(size)) bytes, at most \(grouped(limit)) are allowed"
        case .textNotOneLine(let offset):
            return "not sent: byte \(offset) of it would break the line"
        case .tooFast(let nanoseconds):
            return "not done: too fast, go on in \(seconds(nanoseconds)) s"
        }
    }

    private static func words(_ problem: NameProblem) -> String {
        let alphabet = "use letters, digits and -_[]{}\\|^`"
        return switch problem {
        case .empty: "a name has at least one character"
        case .tooLong:
            "a name has at most \(ChatLimits.nameCharacterLimit) characters "
                + "and \(ChatLimits.nameSizeLimit) bytes"
        case .missingHash: "the name of a room starts with #"
        case .start(let scalar): "a name may not start with \(shown(scalar))"
        case .character(let scalar, let offset):
            "a name may not have \(shown(scalar)) (byte \(offset)): \(alphabet)"
        case .marks(let offset):
            "a letter may have at most \(ChatLimits.nameMarkLimit) marks (byte \(offset))"
        }
    }

    /// A scalar as a message shows it: quoted if it is seen, by its number if it is not.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        guard !scalar.properties.isDefaultIgnorableCodePoint else { return scalar.escape }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber,
            .dashPunctuation, .openPunctuation, .closePunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .otherSymbol:
            "\"\(neutralised(String(scalar)))\""
        default:
            scalar == " " ? "a space" : scalar.escape
        }
    }

    /// Nanoseconds as seconds with one decimal, rounded up: coming back then is late enough.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 100_000_000)
        let tenths = quotient + (remainder > 0 ? 1 : 0)
        return "\(tenths / 10).\(tenths % 10)"
    }
}
