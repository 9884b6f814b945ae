internal import Files

/// What tells one state of a file from the next: its tag and its date (RFC 9110 §8.8).
struct Validators: Equatable {
    let tag: EntityTag
    /// Never after the moment of the answer (§8.8.2.1).
    let lastModified: HTTPDate
    /// Whether the date alone would be enough to put two parts together (§8.8.2.2).
    let isDateStrong: Bool

    /// How long a file must have been left alone before its tag is a promise about its bytes, in
    /// seconds.
    ///
    /// The kernel's file times move in steps: of a scheduler tick here (1…10 ms), of a second or two
    /// on some network and removable file systems. Two writes within one step leave the same times,
    /// so within the step the tag is sent as weak: good for "do you have it", never for ranges.
    static let settlingTime = 2

    /// The tag is made of the inode, the size and the change time, not of the modification time.
    ///
    /// A program can set the modification time back (`rsync --times`, `cp --preserve`); the change
    /// time only the kernel sets, at every write, rename and change of the modification time too. The
    /// price: a changed owner or mode is a new tag with the same bytes, which costs a download and
    /// never mixes two. What it cannot see: writes through a mapping until the kernel writes them
    /// back.
    init(_ file: FileStatus, now: HTTPDate) {
        let changed = file.changed
        var opaque: [UInt8] = []
        opaque.reserveCapacity(40)
        Self.append(file.inode, to: &opaque)
        opaque.append(UInt8(ascii: "-"))
        Self.append(UInt64(bitPattern: Int64(file.size)), to: &opaque)
        opaque.append(UInt8(ascii: "-"))
        Self.append(UInt64(bitPattern: Int64(changed.seconds)), to: &opaque)
        opaque.append(UInt8(ascii: "-"))
        Self.append(UInt64(changed.nanoseconds), to: &opaque)
        let age = now.secondsSinceEpoch.subtractingReportingOverflow(changed.seconds)
        let isSettled = !age.overflow && age.partialValue > Self.settlingTime
        tag = EntityTag(opaque: String(decoding: opaque, as: UTF8.self), isWeak: !isSettled)
        lastModified = min(HTTPDate(secondsSinceEpoch: file.modified.seconds), now)
        isDateStrong =
            isSettled && lastModified.secondsSinceEpoch < now.secondsSinceEpoch - Self.settlingTime
    }

    /// In hexadecimal, without zeros at the front; by bytes, as this is in every response.
    private static func append(_ number: UInt64, to text: inout [UInt8]) {
        var shift = max(0, (63 - number.leadingZeroBitCount) / 4 * 4)
        while shift >= 0 {
            let nibble = UInt8(number >> UInt64(shift) & 15)
            text.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            shift -= 4
        }
    }
}
