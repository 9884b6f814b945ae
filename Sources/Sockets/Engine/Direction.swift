/// A direction of a stream.
package enum Direction {
    case reading
    case writing
}
