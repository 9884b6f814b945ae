import Packets

// PcapngReader. Steered by: cuts (2 bytes).

/// The same blocks however the file comes; what was read is written and read the same.
func fuzz(_ input: inout FuzzInput) {
    let cuts = input.cuts()
    let bytes = input.bytes()
    let whole = transcript(bytes, .none)
    check(transcript(bytes, cuts), equals: whole, "cut, it reads otherwise")
    checkWriter(whole)
}

// Arbitrary: an input reaches it.
private let blockSizeLimit = 2048

private enum Found: Equatable {
    case block(PcapngBlock, data: [UInt8])
    case problem(PacketError)
}

private func transcript(_ bytes: [UInt8], _ cuts: Cuts) -> [Found] {
    var reader = PcapngReader(blockSizeLimit: blockSizeLimit)
    var found: [Found] = []
    feed(bytes, cuts, restLimit: blockSizeLimit) { input, consumed in
        do throws(PacketError) {
            let rest = input.extracting(consumed...)
            switch try reader.next(in: rest) {
            case .needMore(let size):
                check(size > rest.byteCount, "it asks for bytes it has")
                check(size <= blockSizeLimit, "it asks for \(size) bytes, over the limit")
                return .needsMore
            case .block(let block, let size):
                check(12...blockSizeLimit ~= size, "a block of \(size) bytes")
                var data: [UInt8] = []
                if case .packet(_, let range) = block {
                    data = rest.array(range)
                    check(range.upperBound <= size, "a packet outside of its block")
                }
                found.append(.block(block, data: data))
                consumed += size
                return .event
            }
        } catch {
            found.append(.problem(error))
            return .failed
        }
    }
    return found
}

/// Packets of interfaces that are known here are written to a new file, and read from it.
private func checkWriter(_ found: [Found]) {
    var bytes: [UInt8] = []
    var writer = PcapngWriter(application: "fuzz", to: &bytes)
    let interface = writer.add(
        PcapngInterface(name: "eth0", link: .ethernet, snapSize: 0),
        to: &bytes
    )
    var expected: [Written] = []
    for case .block(.packet(var packet, _), let data) in found {
        packet.interface = interface
        writer.add(packet, data: unsafe data.span.bytes, to: &bytes)
        expected.append(Written(packet: packet, data: data))
    }
    let again = transcript(bytes, .none).compactMap { found -> Written? in
        guard case .block(.packet(let packet, _), let data) = found else { return nil }
        return Written(packet: packet, data: data)
    }
    // One block more than it had may be over the limit, for options that were in another form.
    guard !bytes.isEmpty, again.count == expected.count else {
        check(expected.contains { $0.data.count > blockSizeLimit - 64 }, "packets are lost")
        return
    }
    check(again, equals: expected, "written, they read otherwise")
}

private struct Written: Equatable {
    let packet: PcapngPacket
    let data: [UInt8]
}

extension RawSpan {
    fileprivate func array(_ range: Range<Int>) -> [UInt8] {
        // The pointer does not leave the closure.
        unsafe extracting(range).withUnsafeBytes { unsafe Array($0) }
    }
}
