/// Tells keys from the bytes a terminal sends for them (ECMA-48 §5.4, xterm's control sequences).
///
/// One byte in, at most one key out. Sequences it does not know are swallowed whole. A lone escape
/// is the beginning of a sequence: there is no time here to tell the two apart by.
struct KeyParser: Sendable {
    private enum State: Hashable {
        case ground
        case escape
        /// `ESC [`, and its parameter bytes so far.
        case sequence([UInt8])
        /// `ESC O`.
        case singleShift
        /// The first bytes of a scalar, and how many it has.
        case scalar([UInt8], Int)
    }

    /// Parameter bytes kept of one sequence: no key's has more.
    ///
    /// Arbitrary.
    private static let parameterLimit = 16

    private var state = State.ground
    /// Between the marks of a bracketed paste: what comes is text, whatever it is.
    private var isPasting = false

    mutating func feed(_ byte: UInt8) -> Key? {
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .singleShift:
            state = .ground
            return cursor(byte)
        case .sequence(let parameters): return sequence(parameters, byte)
        case .scalar(let bytes, let size): return scalar(bytes + [byte], size)
        }
    }

    private mutating func ground(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x09 where isPasting, 0x0A where isPasting, 0x0D where isPasting: return .pastedBlank
        case 0x00...0x1F where isPasting, 0x7F where isPasting: return nil
        case 0x0D, 0x0A: return .enter
        case 0x7F, 0x08: return .backspace
        case 0x01...0x1A: return .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x1C: return .control("\\")
        case 0x20...0x7E: return .text(Unicode.Scalar(byte))
        case 0xC2...0xDF: state = .scalar([byte], 2)
        case 0xE0...0xEF: state = .scalar([byte], 3)
        case 0xF0...0xF4: state = .scalar([byte], 4)
        default: break  // NUL, other controls, and bytes that begin no scalar
        }
        return nil
    }

    private mutating func escape(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "O"): state = .singleShift
        case 0x1B: break
        default: state = .ground
        }
        return nil
    }

    private mutating func sequence(_ parameters: [UInt8], _ byte: UInt8) -> Key? {
        // Parameter and intermediate bytes (ECMA-48 §5.4); anything else ends it.
        if (0x20...0x3F).contains(byte) {
            if parameters.count < Self.parameterLimit { state = .sequence(parameters + [byte]) }
            return nil
        }
        state = .ground
        guard byte == UInt8(ascii: "~") else { return isPasting ? nil : cursor(byte) }
        switch String(decoding: parameters, as: UTF8.self) {
        case "200":
            isPasting = true
            return nil
        case "201":
            isPasting = false
            return nil
        case _ where isPasting: return nil
        case "1", "7": return .home
        case "3": return .delete
        case "4", "8": return .end
        default: return nil
        }
    }

    private func cursor(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: nil
        }
    }

    private mutating func scalar(_ bytes: [UInt8], _ size: Int) -> Key? {
        guard let last = bytes.last, (0x80...0xBF).contains(last) else {
            // A scalar that was cut; the byte that cut it may be a key.
            state = .ground
            return bytes.last.flatMap { ground($0) }
        }
        guard bytes.count == size else {
            state = .scalar(bytes, size)
            return nil
        }
        state = .ground
        return String(validating: bytes, as: UTF8.self)?.unicodeScalars.first.map(Key.text)
    }
}
