/// The name under which an upload lies in its ``PartialUploads`` folder until it is complete.
///
/// `TOTAL.NAME` for one that can be resumed: its name says what it is a part of, its size how far it
/// came, and no other record is needed, so none can be out of step. `+TOKEN.NAME` for one that cannot
/// be.
struct PartialName: Equatable {
    enum Identity: Equatable {
        /// Of a file of so many bytes.
        case resumable(total: Int)
        /// Of no known size, or beside another of the same: the token is random.
        case single(token: UInt64)
    }

    /// The file's own name.
    let target: [UInt8]
    let identity: Identity

    /// The longest name of the kernel's (NAME_MAX of linux/limits.h).
    static let sizeLimit = 255

    init(target: [UInt8], identity: Identity) {
        self.target = target
        self.identity = identity
    }

    var bytes: [UInt8] {
        switch identity {
        case .resumable(let total): Array("\(total).".utf8) + target
        case .single(let token):
            Array("+\(String(token, radix: 16)).".utf8)
                + target.prefix(Self.sizeLimit - Self.singleMarkSize)
        }
    }

    /// A plus, 16 digits and a dot.
    private static let singleMarkSize = 18

    /// Whether the kernel takes it.
    ///
    /// One of a very long file's name may not be resumable.
    var fits: Bool { bytes.count <= Self.sizeLimit }

    /// The name back from its bytes, or nil for a file that is no upload.
    init?(parsing name: some BidirectionalCollection<UInt8>) {
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let mark = name[..<dot]
        target = Array(name[name.index(after: dot)...])
        guard !target.isEmpty else { return nil }
        if mark.first == UInt8(ascii: "+") {
            let hex = String(decoding: mark.dropFirst(), as: UTF8.self)
            guard let token = UInt64(hex, radix: 16),
                String(token, radix: 16).utf8.elementsEqual(hex.utf8)
            else { return nil }
            identity = .single(token: token)
        } else {
            guard let total = DecimalNumber.parse(mark),
                String(total).utf8.elementsEqual(mark)
            else { return nil }
            identity = .resumable(total: total)
        }
    }
}
