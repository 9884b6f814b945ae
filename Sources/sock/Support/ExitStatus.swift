internal import HTTP
import Sessions
import Sockets

/// What `sock` tells the shell when it ends.
struct ExitStatus: Equatable, Sendable {
    let code: Int32

    /// Everything was done.
    static let done = Self(code: 0)
    /// The network, the peer or the machine failed.
    static let failed = Self(code: 1)
    /// A deadline passed.
    static let deadlinePassed = Self(code: 2)
    /// The command line is wrong: EX_USAGE of sysexits.h, which is also ArgumentParser's.
    static let usage = Self(code: 64)

    /// Stopped by a signal, as a server should be.
    static func stopped(by signal: Int32) -> Self { .done }

    /// Ended by a signal, as shells say it.
    static func interrupted(by signal: Int32) -> Self { Self(code: 128 + signal) }
}

/// Why a command ended early: what to tell the shell, and the words for the person.
struct Failure: Error {
    let status: ExitStatus
    /// Nil to end quietly.
    let message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }

    /// Any error as what it means for the shell.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as SocketError:
            let isTime = error.code.side == .time
            self.init(isTime ? .deadlinePassed : .failed, "\(error)")
        case let error as HTTPClientError: self.init(error)
        case let error as SessionError: self.init(error)
        case is CancellationError: self.init(.failed)
        default: self.init(.failed, "\(error)")
        }
    }
}

extension Failure {
    /// Reads what a person wrote: whatever is wrong with it is wrong usage.
    static func asUsage<Value>(_ read: () throws -> Value) throws(Failure) -> Value {
        do {
            return try read()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }
}

extension Failure {
    /// What ended a request: the time that ran out, or everything else.
    private init(_ error: HTTPClientError) {
        let isTime =
            switch error.reason {
            case .headTooSlow, .bodyTooSlow: true
            default: error.socketError?.code.side == .time
            }
        self.init(isTime ? .deadlinePassed : .failed, "\(error)".printable)
    }
}

extension Failure {
    /// What ended a session, or something in it: the time that ran out, or everything else.
    private init(_ error: SessionError) {
        let isTime = error.kind == .deadlinePassed || error.code == .deadline
        let words = error.kind == .cancelled ? nil : error.message.printable
        self.init(isTime ? .deadlinePassed : .failed, words)
    }
}
