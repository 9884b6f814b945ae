internal import SessionProtocol

extension Session {
    /// Nobody has a call any more.
    ///
    /// One that is complete ends by itself. One whose answer is under way, or whose requests nobody will
    /// read, must not take that answer with it.
    func letGo(ofCall flow: Flow) {
        step { state, aftermath in
            let isRead = flow.incomingEnd != nil
            if isRead, flow.isFinished, flow.isOurs, state.machine.isDelivered(flow.id) { return }
            if isRead, flow.isFinished, !flow.isOurs { return }
            guard !flow.isOurs, flow.isFinished else {
                return state.reset(flow, flow.isOurs ? .cancelled : .failed, &aftermath)
            }
            state.discardRequest(of: flow, &aftermath)
        }
    }

    /// The handler of a call has returned: what its caller still sends is passed over.
    func discardRequest(of flow: Flow) {
        step { state, aftermath in
            guard flow.incomingEnd == nil else { return }
            state.discardRequest(of: flow, &aftermath)
        }
    }
}

extension SessionState {
    /// Nobody reads the rest of a call's request, whose answers have ended: it is passed over, and given up
    /// when the answers have been taken.
    ///
    /// Not earlier: a `RESET` could overtake them.
    fileprivate mutating func discardRequest(of flow: Flow, _ aftermath: inout Aftermath) {
        guard !flow.isForgotten, flow.resetCode == nil, flow.isFinished, !flow.isDiscarded else {
            return
        }
        flow.isDiscarded = true
        machine.discardRequest(of: flow.id, now: SessionClock.now)
        unread.append(flow)
        aftermath.wake(&flow.reader)
    }
}
