import Sessions
import Sockets

extension Exchange {
    /// Sends all but calls, as fast as it goes; gives how many news were dropped.
    func send(in session: Session) async throws -> Int {
        let audit = try await session.log("audit")
        let news = try await session.log("news", overflow: .dropOldest)
        let prices = try await session.state("prices")
        let inputs = try await session.datagrams("inputs")
        var receipts: [PendingReceipt] = []
        var (newsCount, valueCount, datagramCount) = (0, 0, 0)
        for number in 0..<plan.auditCount {
            try await audit.post(NumberedPayload.make(number))
            // The others keep pace with it.
            while datagramCount * plan.auditCount < number * plan.datagramCount {
                try inputs.send(NumberedPayload.make(datagramCount))
                datagramCount += 1
            }
            while valueCount * plan.auditCount < number * plan.valueCount {
                try await post(valueCount, to: prices)
                valueCount += 1
            }
            let burst = number * ExchangePlan.burstCount / plan.auditCount + 1
            while newsCount < burst * plan.burstSize {
                receipts.append(try await news.enqueue(NumberedPayload.make(newsCount)))
                newsCount += 1
            }
        }
        for number in datagramCount..<plan.datagramCount {
            try inputs.send(NumberedPayload.make(number))
        }
        for number in valueCount..<plan.valueCount { try await post(number, to: prices) }
        for number in newsCount..<plan.newsCount {
            receipts.append(try await news.enqueue(NumberedPayload.make(number)))
        }
        try await audit.finish()
        try await news.finish()
        try await prices.finish()
        return await droppedCount(of: receipts)
    }

    private func post(_ number: Int, to prices: StateSender) async throws {
        let (key, value) = (number % ExchangePlan.keyCount, number / ExchangePlan.keyCount)
        try await prices.post(NumberedPayload.make(value), key: "\(key)")
    }

    private func droppedCount(of receipts: [PendingReceipt]) async -> Int {
        var count = 0
        for pending in receipts {
            switch await pending.receipt() {
            case .delivered: break
            case .notDelivered(.dropped): count += 1
            case let receipt: note("news: \(receipt)")
            }
        }
        return count
    }

    /// Calls that were too late, by what their receipts said.
    struct LateCalls: Sendable {
        var refused: [Int] = []
        var unknown: [Int] = []
    }

    /// Makes all calls, several at a time.
    func call(in session: Session) async throws -> LateCalls {
        try await withThrowingTaskGroup(of: LateCalls.self) { group in
            for caller in 0..<ExchangePlan.callerCount {
                group.addTask {
                    var late = LateCalls()
                    for number in stride(
                        from: caller,
                        to: self.plan.callCount,
                        by: ExchangePlan.callerCount
                    ) {
                        try await self.call(number, in: session, &late)
                    }
                    return late
                }
            }
            return try await group.reduce(into: LateCalls()) { all, late in
                all.refused += late.refused
                all.unknown += late.unknown
            }
        }
    }

    private func call(
        _ number: Int,
        in session: Session,
        _ late: inout LateCalls
    ) async throws {
        let isHurried = number % ExchangePlan.hurriedCallInterval == 0
        let request = NumberedPayload.make(number)
        do throws(SessionError) {
            let deadline = isHurried ? Deadline.after(ExchangePlan.hurry) : .never
            let answer = try await session.call("count", request, by: deadline)
            if answer != request { note("call \(number) has another's answer") }
        } catch {
            // The other end may have seen that it was too late before this one.
            guard isHurried, error.kind == .deadlinePassed || error.code == .deadline else {
                throw error
            }
            switch error.receipt {
            case .notDelivered?, nil: late.refused.append(number)
            case .delivered?, .unknown?: late.unknown.append(number)
            }
        }
    }
}
