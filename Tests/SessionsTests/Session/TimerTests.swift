import SessionProtocol
import Sockets
import SocketsTesting
import Testing

@testable import Sessions

/// The timer of a session must not be set for what is past: it would fire without end.
@Suite struct TimerTests {
    private func state(at now: SessionInstant) -> SessionState {
        var state = SessionState(SessionMachine(client: .random), .seconds(5))
        let connection = SessionConnection(InMemoryStream.pair().0)
        connection.epoch = state.machine.connected(now: now)
        state.connection = connection
        return state
    }

    private func advance(_ state: inout SessionState, to now: SessionInstant) {
        var aftermath = Aftermath()
        state.advance(to: now, &aftermath)
        state.settle(&aftermath)
        aftermath.carryOut()
    }

    @Test func aClientThatHasLeftADrainingServerIsNotHeldToThat() {
        let now = SessionClock.now
        var state = state(at: now)
        // What the server of the last connection has said: the time for that is over long ago.
        state.leaving = Leaving(
            drain: Drain(delayMilliseconds: 0, withinMilliseconds: 1, endpoint: ""),
            by: SessionInstant(microseconds: 0)
        )
        advance(&state, to: now)
        #expect(state.nextMoment.map { $0 > now } ?? true)
        #expect(state.connection?.isOver == false)
    }

    @Test func aSessionWithoutConnectionHasNothingPastToDo() {
        var now = SessionClock.now
        var state = state(at: now)
        // Attaching, nobody answers: found dead after heartbeat and silence, then detached for minutes.
        for _ in 0..<2_000 {
            now = now.advanced(byMicroseconds: 100_000)
            advance(&state, to: now)
            #expect(state.nextMoment.map { $0 > now } ?? true)
        }
        #expect(state.lastDetach == .silent)
        // Accepted and reset, again and again.
        for _ in 0..<100 {
            let connection = SessionConnection(InMemoryStream.pair().0)
            connection.epoch = state.machine.connected(now: now)
            state.connection = connection
            now = now.advanced(byMicroseconds: 700_000)
            state.machine.disconnected(epoch: connection.epoch, now: now)
            advance(&state, to: now)
            #expect(state.nextMoment.map { $0 > now } ?? true)
        }
    }
}
