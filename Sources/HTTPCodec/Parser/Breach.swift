/// A broken rule and the place in the input, before it is a violation at a place of the connection.
struct Breach: Error {
    let rule: HTTPRule
    let index: Int

    init(_ rule: HTTPRule, at index: Int) {
        self.rule = rule
        self.index = index
    }
}
