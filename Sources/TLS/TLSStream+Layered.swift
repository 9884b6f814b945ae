public import Sockets

extension TLSStream: LayeredStream {
    /// The stream that carries the records.
    public var lowerStream: any ByteStream { transport }
}
