/// What libFuzzer calls with each input; `fuzz` is the target's own.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: libFuzzer lends so many bytes for the call, and the array is a copy.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    var input = FuzzInput(bytes)
    fuzz(&input)
    return 0
}

/// Stops the fuzzer, which then shows the input.
///
/// Not `precondition`, which keeps its sentence to itself in an optimised build.
func check(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    guard !holds else { return }
    fatalError("this does not hold: \(sentence())")
}

/// That two things are the same.
func check<Value: Equatable>(
    _ left: Value,
    equals right: Value,
    _ sentence: @autoclosure () -> String
) {
    check(left == right, "\(sentence())\n  one:   \(left)\n  other: \(right)")
}

/// Whether a terminal shows the text as it is: visible ASCII and spaces.
func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { 0x20...0x7E ~= $0 } }
