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
            if !flow.isForgotten, flow.resetCode == nil { state.unread.append(flow) }
        }
    }
}
