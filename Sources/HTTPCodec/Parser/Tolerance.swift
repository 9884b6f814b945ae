/// Whether what is wrong in a message, and can only mean one thing, is read as what it means.
///
/// For responses it is, as by every browser and curl: old devices and servers made of a `printf` are to
/// be understood, and the client is the last to read what they say. Nothing of it for requests: there
/// two readers stand in a row, and one that is lenient lets a request be smuggled past the other
/// (RFC 9112 §11.2).
enum Tolerance: Sendable {
    /// Every rule is held to: requests.
    case none

    /// These are understood:
    ///
    /// - A line that ends with LF alone (RFC 9112 §2.2: a recipient may), after chunk data too.
    /// - A field line that goes on in the next, which begins with blanks (§5.2: a user agent must): one
    ///   space stands for the fold.
    /// - Blanks behind a chunk's size, and extensions of whatever grammar (§7.1.1: blanks must be read,
    ///   unknown extensions ignored).
    /// - The same `Content-Length` more than once, in one field or several (RFC 9110 §8.6: a recipient
    ///   may). Two that differ are refused.
    /// - `Transfer-Encoding: identity`, which says nothing: RFC 2616 had it.
    case ofResponses

    var isTolerant: Bool { self == .ofResponses }
}
