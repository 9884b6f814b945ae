extension SteppedSocket {
    func getOption<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try withDescriptor(.getOption) { number throws(SocketError) in
            try option.get(number, over: transport)
        }
    }

    func setOption<Value>(
        _ option: SocketOption<Value>,
        to value: Value
    ) throws(SocketError) {
        try withDescriptor(.setOption) { number throws(SocketError) in
            try option.set(number, to: value, over: transport)
        }
    }

    /// Runs a call that belongs to no direction.
    func withDescriptor<Result>(
        _ operation: SocketError.Operation,
        _ body: (CInt) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        let outcome: Swift.Result<Result, SocketError>? = socket.withNumber { number in
            do throws(SocketError) {
                return .success(try body(number))
            } catch {
                return .failure(error)
            }
        }
        guard let outcome else { throw failure(.closed, operation) }
        return try outcome.get()
    }
}
