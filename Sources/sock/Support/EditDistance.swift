/// How far apart two words are: letters added, left out, replaced, and neighbours swapped.
///
/// The optimal string alignment distance; a product of both lengths in time, so for short words.
func editDistance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one.unicodeScalars), Array(other.unicodeScalars))
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for (row, scalar) in one.enumerated() {
        var next = [row + 1]
        for (column, candidate) in other.enumerated() {
            var distance = min(
                last[column] + (scalar == candidate ? 0 : 1),
                last[column + 1] + 1,
                next[column] + 1
            )
            if row > 0, column > 0, scalar == other[column - 1], one[row - 1] == candidate {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            next.append(distance)
        }
        (beforeLast, last) = (last, next)
    }
    return last[other.count]
}
