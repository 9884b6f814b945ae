internal import DequeModule
internal import SessionProtocol
internal import Sockets

extension Session {
    fileprivate enum Opening {
        case done(Flow)
        case wait(Signal)
        case failed(SessionError)
    }

    /// Opens a stream, waiting while the other end takes no more of them.
    ///
    /// Cancellation and deadlines: total.
    func open(
        _ kind: StreamKind,
        _ name: String,
        overflow: Overflow = .refuse,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> Flow {
        let name = Array(name.utf8)
        let time = min(deadline, .current)
        let expiry = kind == .call ? SessionClock.instant(of: time) : nil
        while true {
            if time.hasPassed { throw .deadlinePassed }
            let opening: Opening = step { state, aftermath in
                state.open(kind, name, expiry, overflow, loop, &aftermath)
            }
            switch opening {
            case .done(let flow): return flow
            case .failed(let error): throw error
            case .wait(let signal):
                let wake = await signal.wait(until: time)
                if case .set = wake { continue }
                // It may have been woken meanwhile, in place of another.
                step { state, aftermath in
                    state.openers.removeAll { $0 === signal }
                    state.wakeOpener(&aftermath)
                }
                throw wake == .cancelled ? .cancelled : .deadlinePassed
            }
        }
    }
}

extension SessionState {
    fileprivate mutating func open(
        _ kind: StreamKind,
        _ name: [UInt8],
        _ expiry: SessionInstant?,
        _ overflow: Overflow,
        _ loop: EventLoop,
        _ aftermath: inout Aftermath
    ) -> Session.Opening {
        // A server that drains wants no new streams; the next one takes them.
        guard leaving == nil || machine.ending != nil else { return wait(loop) }
        do throws(SessionCommandError) {
            let id = try machine.open(kind, name: name, expiry: expiry, overflow: overflow)
            let flow = Flow(id, kind, name: name, isOurs: true)
            opened(flow, &aftermath)
            return .done(flow)
        } catch .tooManyStreams {
            return wait(loop)
        } catch {
            return .failed(failure(error, nil))
        }
    }

    private mutating func wait(_ loop: EventLoop) -> Session.Opening {
        let signal = Signal(on: loop)
        openers.append(signal)
        return .wait(signal)
    }
}
