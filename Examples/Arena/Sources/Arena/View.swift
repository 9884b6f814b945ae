import ArenaRules

/// What a player knows: the latest snapshot, and what has happened to the others.
struct View {
    private(set) var latest: Snapshot?
    private(set) var names: [UInt8: String] = [:]
    private(set) var score: UInt16 = 0
    private(set) var snapshots = 0
    /// Ticks of which no snapshot came.
    private(set) var lost = 0
    /// Snapshots that came after a later one.
    private(set) var late = 0

    mutating func take(_ snapshot: Snapshot) {
        snapshots += 1
        if let latest {
            guard snapshot.tick > latest.tick else {
                late += 1
                return
            }
            lost += Int(snapshot.tick - latest.tick) - 1
        }
        latest = snapshot
        names[snapshot.named] = snapshot.name
        score = snapshot.players.first { $0.id == snapshot.you }?.score ?? 0
    }
}

enum PlayFailure: Error { case full, silence }
