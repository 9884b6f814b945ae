public import SessionProtocol
internal import Sockets

extension Session {
    /// Ends the session in good order: the other end hears what was taken, and answers.
    ///
    /// What was not written yet is *not delivered*. Waits for the answer, at most as long as the end's
    /// configuration says; then, and when the task is cancelled, it is given up as by ``abandon()``.
    /// Repeating it does nothing.
    public func close(_ code: SessionCode = .closed, text: String = "") async {
        step { state, _ in
            guard state.machine.ending == nil else { return }
            let text = String(decoding: text.utf8.prefix(Self.textLimit), as: UTF8.self)
            state.machine.close(code, text: text)
            state.cutAt = .earlier(
                state.cutAt,
                SessionClock.now.advanced(by: closeTimeLimit)
            )
        }
        do throws(SessionError) {
            try await waitForEnd()
        } catch {
            if let connection = state.withLock({ $0.connection }) {
                sayFarewell(over: connection)
            }
            abandon()
        }
    }

    /// Text that goes with a farewell, in bytes (docs/session-protocol.md §9); three less, so that a
    /// character that was cut and is replaced still fits.
    private static let textLimit = 1_021

    /// Gives the session up without a word: the other end finds out when it hears nothing any more.
    ///
    /// Sends without receipt get theirs: *not delivered* if they were never handed to a transport,
    /// otherwise *unknown*.
    public func abandon() {
        let now = SessionClock.now
        step { state, aftermath in
            state.machine.abandon(now: now)
            if let connection = state.connection { state.cut(connection, &aftermath) }
        }
    }

    /// Waits until something is so, about which the watchers are told.
    func wait(heedsCancellation: Bool = true, until isSo: (borrowing SessionState) -> Bool) async {
        while true {
            let signal = Signal(on: loop)
            let isOver = state.withLock { state in
                if isSo(state) { return true }
                state.watchers.append(signal)
                return false
            }
            if isOver { return }
            let wake = await signal.wait(until: .never, heedsCancellation: heedsCancellation)
            guard case .set = wake else { return }
        }
    }

    /// The latest change, once there was one after so many; and how many there were with it.
    func change(after count: Int) async throws(SessionError) -> (SessionChange, Int) {
        while true {
            let signal = Signal(on: loop)
            let found: (SessionChange, Int)? = state.withLock { state in
                if let change = state.change, state.changeCount > count {
                    return (change, state.changeCount)
                }
                state.watchers.append(signal)
                return nil
            }
            if let found { return found }
            let wake = await signal.wait(until: .current)
            if case .set = wake { continue }
            state.withLock { $0.watchers.removeAll { $0 === signal } }
            throw wake == .cancelled ? .cancelled : .deadlinePassed
        }
    }
}
