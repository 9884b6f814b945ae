internal import SessionProtocol
internal import Sockets

extension Session {
    /// The client is back on a new connection.
    func resume(
        _ request: AttachRequest,
        _ admission: SessionAdmission,
        _ connection: SessionConnection,
        _ peer: SocketAddress?,
        slot: UInt32
    ) throws(Refusal) {
        try step { state, aftermath throws(Refusal) in
            try state.machine.resume(
                request,
                answer: admission.answer,
                slot: slot,
                now: SessionClock.now
            )
            if let old = state.connection { state.cut(old, &aftermath) }
            connection.epoch = request.epoch
            state.connection = connection
            state.peerAddress = peer
        }
    }

    /// A client that was told to leave has left.
    func endIfDrained() {
        let now = SessionClock.now
        step { state, _ in
            if state.isDraining, state.connection == nil { state.machine.abandon(now: now) }
        }
    }
}
