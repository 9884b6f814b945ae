internal import Glibc

/// A typed socket option: getsockopt(2) and setsockopt(2).
///
/// ```swift
/// try connection.set(.noDelay, to: true)
/// let size = try connection.get(.sendBufferSize)
/// let listener = try await StreamListener.listen(
///     on: endpoint, .init(options: [.set(.deferAccept, to: .seconds(5))]))
/// ```
public struct SocketOption<Value: Sendable>: Sendable {
    /// The name in C: `TCP_NODELAY`.
    public let name: String

    /// The value, or an errno.
    let read: @Sendable (CInt) -> Result<Value, KernelError>
    /// Zero, or an errno.
    let write: @Sendable (CInt, Value) -> CInt

    func set(
        _ descriptor: CInt,
        to value: Value,
        over transport: SocketError.Transport = .tcp
    ) throws(SocketError) {
        let error = write(descriptor, value)
        guard error != 0 else { return }
        throw SocketError(
            // ENOENT is an unknown name here (TCP_CONGESTION), not a peer that refuses.
            error == ENOENT ? .invalidArgument : .init(errno: error),
            in: .setOption,
            over: transport,
            errno: error,
            detail: "\(name) to \(value)"
        )
    }

    func get(
        _ descriptor: CInt,
        over transport: SocketError.Transport = .tcp
    ) throws(SocketError) -> Value {
        switch read(descriptor) {
        case .success(let value): return value
        case .failure(let error):
            throw SocketError(
                .init(errno: error.number),
                in: .getOption,
                over: transport,
                errno: error.number,
                detail: name
            )
        }
    }
}

/// An option and the value it gets when a socket is created.
public struct SocketSetting: Sendable {
    let apply: @Sendable (CInt, SocketError.Transport) -> SocketError?

    /// Sets an option to a value.
    public static func set<Value>(_ option: SocketOption<Value>, to value: Value) -> Self {
        Self { descriptor, transport in
            do throws(SocketError) {
                try option.set(descriptor, to: value, over: transport)
                return nil
            } catch {
                return error
            }
        }
    }

    static func apply(
        _ settings: [SocketSetting],
        to descriptor: CInt,
        over transport: SocketError.Transport = .tcp
    ) throws(SocketError) {
        for setting in settings {
            if let error = setting.apply(descriptor, transport) { throw error }
        }
    }
}

/// An errno where Swift wants an `Error`.
struct KernelError: Error { let number: CInt }
