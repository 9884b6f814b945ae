import ChatCore

// LogRecord. Not steered: all bytes are a record.

/// A record is refused, or is written as bytes that are the same record, and are no more than came.
func fuzz(_ input: inout FuzzInput) {
    let bytes = input.bytes()
    let record: LogRecord
    do {
        record = try LogRecord(bytes: bytes)
    } catch {
        check(0...bytes.count ~= error.offset, "an error at byte \(error.offset)")
        check(isPlain(error.description), "an error that steers the terminal")
        return
    }
    guard let written = try? record.encoded() else {
        return check(false, "what was read cannot be written")
    }
    check(written.count <= bytes.count, "it grew from \(bytes.count) bytes to \(written.count)")
    guard let again = try? LogRecord(bytes: written) else {
        return check(false, "what was written cannot be read")
    }
    check(again == record, "what was written is another record")
}
