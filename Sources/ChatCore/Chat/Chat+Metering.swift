extension Chat {
    /// Nil if `id` may give this command now; otherwise what to do instead.
    mutating func meter(_ command: ChatCommand, from id: MemberID) -> [ChatEffect]? {
        let cost: Int
        if case .rename = command { cost = limits.renameCost } else { cost = 1 }
        guard members[id] != nil else { return refuse(.notConnected, id) }
        guard let wait = members[id]?.bucket.take(cost, now: clock, limits: limits) else {
            return nil
        }
        statistics.floodRefusalCount += 1
        // Telling each time costs the flooder's own bounded queue; not stopping would cost us.
        if let count = members[id]?.bucket.refusalCount, count >= limits.floodRefusalLimit {
            statistics.floodDisconnectCount += 1
            return quit(id, .flooded)
        }
        return [.deliver(.refused(.tooFast(retryAfterNanoseconds: wait)), to: id)]
    }

    /// Tells `id` alone that it cannot have what it asked for.
    mutating func refuse(_ refusal: Refusal, _ id: MemberID) -> [ChatEffect] {
        statistics.refusalCount += 1
        return [.deliver(.refused(refusal), to: id)]
    }
}
