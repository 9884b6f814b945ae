internal import Addresses

extension AddressParser {
    /// Reads a name with letters beyond ASCII, that goes to `end`, as its A-labels.
    mutating func internationalHostName(until end: Int) throws(AddressParseError) -> Endpoint.Host {
        let whole = position..<end
        for place in whole where bytes[place] < 0x80 { try checkHostByte(at: place) }
        var ascii: [UInt8] = []
        var start = position
        while true {
            let dot = dot(from: start, until: end)
            let label = start..<(dot?.lowerBound ?? end)
            do throws(InternationalLabel.Problem) {
                ascii += try InternationalLabel(bytes[label]).ascii
            } catch {
                throw failure(error.reason, in: label)
            }
            guard let dot else { break }
            ascii.append(UInt8(ascii: "."))
            start = dot.upperBound
        }
        do throws(AddressParseError) {
            // Its other rules, which its places here would only hide.
            var parser = try AddressParser(String(decoding: ascii, as: UTF8.self), for: subject)
            guard !ascii.isEmpty else { throw failure("a host name has no empty part", in: whole) }
            let host = try parser.hostName(until: ascii.count)
            position = end
            return host
        } catch {
            throw failure(error.reason, in: whole)
        }
    }

    /// The next dot: those that IDNA takes for one (RFC 3490 §3.1) are three bytes long.
    private func dot(from start: Int, until end: Int) -> Range<Int>? {
        for place in start..<end {
            if bytes[place] == UInt8(ascii: ".") { return place..<place + 1 }
            guard place + 3 <= end else { continue }
            let wide = bytes[place..<place + 3]
            if ["\u{3002}", "\u{FF0E}", "\u{FF61}"].contains(where: { wide.elementsEqual($0.utf8) })
            {
                return place..<place + 3
            }
        }
        return nil
    }
}
