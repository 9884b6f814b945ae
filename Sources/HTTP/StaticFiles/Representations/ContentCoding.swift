/// A form in which a file may lie compressed beside itself (RFC 9110 §8.4.1).
enum ContentCoding: String, CaseIterable {
    /// Brotli (RFC 7932). First, because it is the smaller one.
    case brotli = "br"
    /// RFC 1952.
    case gzip

    /// What is behind the file's name.
    var suffix: String {
        switch self {
        case .brotli: ".br"
        case .gzip: ".gz"
        }
    }

    /// Which to look for, best first, by Accept-Encoding (§12.5.3).
    ///
    /// Those the client likes at least as much as the file as it is; at equal weights the smaller.
    /// Without the field a client has said nothing, and gets the file as it is.
    static func preferences(_ acceptEncoding: String?) -> [ContentCoding] {
        guard let acceptEncoding else { return [] }
        let accepted = QualityValues(parsing: acceptEncoding)
        // Not named, the file as it is is welcome, but less than anything that is named.
        let identity = accepted.weight(ofFirst: "identity") ?? 1
        let weighed = allCases.map { coding in
            let weight =
                coding == .gzip
                ? accepted.weight(ofFirst: "gzip", "x-gzip", "*")
                : accepted.weight(ofFirst: coding.rawValue, "*")
            return (coding: coding, weight: weight ?? 0)
        }
        let welcome = weighed.filter { $0.weight > 0 && $0.weight >= identity }
        // Two elements: a stable order by hand is a swap.
        if welcome.count == 2, welcome[1].weight > welcome[0].weight {
            return [welcome[1].coding, welcome[0].coding]
        }
        return welcome.map(\.coding)
    }
}
