// What the session protocol costs by itself: two SessionMachines in memory, no I/O.
//
//     session-machine [SECONDS [one-way | calls]]
//
// One thread does both ends' work. Each load runs twice: once with no look at the clock in between,
// for the time that both ends take together, and once with, for each end's share of it.
import Glibc

let words = CommandLine.arguments.dropFirst()
let seconds = words.first.flatMap(Double.init) ?? 2
let only = words.dropFirst().first
print("64 bytes; nanoseconds of CPU time for one, and how many that makes a second")
for batch in [1, 64, 1_024] where only ?? "one-way" == "one-way" {
    try report("one way, \(batch) at a time", ("sender", "receiver"), seconds) {
        try OneWay(batch: batch)
    }
}
for underWay in [1, 64] where only ?? "calls" == "calls" {
    try report("calls, \(underWay) under way", ("caller", "callee"), seconds) {
        try Calls(underWay: underWay)
    }
}
