import Sockets
import Synchronization
import TLS

/// A TLS stream over TCP as a conversation: its pieces are what was encrypted.
final class SecureLine: ConversationLine {
    private let stream: TLSStream<StreamConnection>
    private let receivedSize = Atomic<Int>(0)
    private let sentSize = Atomic<Int>(0)

    /// Sent at once, so that what is counted follows what has gone: a record (RFC 8446 §5.1).
    private static let sliceSize = 16_384

    init(_ stream: TLSStream<StreamConnection>) { self.stream = stream }

    /// What carries it.
    var transport: StreamConnection { stream.transport }

    static var isDatagram: Bool { false }
    var carryingConnection: StreamConnection? { transport }
    var isAnswerable: Bool { true }
    var loop: EventLoop { transport.loop }
    var localEndpoint: Endpoint? {
        transport.localAddress.map { Endpoint($0, speaking: .tls) }
    }
    var peerEndpoint: Endpoint { Endpoint(transport.peerAddress, speaking: .tls) }
    var remark: String? { stream.negotiated.summary }

    var traffic: Traffic {
        Traffic(
            receivedSize: receivedSize.load(ordering: .relaxed),
            sentSize: sentSize.load(ordering: .relaxed)
        )
    }

    var activity: Traffic { transport.traffic }

    func receivePiece() async throws(SocketError) -> [UInt8]? {
        var buffer = ByteBuffer()
        let count = try await stream.receive(into: &buffer)
        receivedSize.add(count, ordering: .relaxed)
        return count > 0 ? buffer.array() : nil
    }

    func sendPiece(_ piece: [UInt8]) async throws(SocketError) {
        var rest = piece[...]
        while !rest.isEmpty {
            let slice = Array(rest.prefix(Self.sliceSize))
            do throws(SocketError) {
                try await stream.send(slice)
            } catch {
                sentSize.add(error.transferredCount, ordering: .relaxed)
                throw error
            }
            sentSize.add(slice.count, ordering: .relaxed)
            rest = rest.dropFirst(slice.count)
        }
    }

    func finish() async throws(SocketError) { try await stream.finish() }
    func reset() { stream.reset() }
    func close() { stream.close() }
    var idleError: SocketError { transport.idleError }
}

extension TLSNegotiation {
    /// `TLS 1.3, TLS_AES_256_GCM_SHA384, ALPN h2, client CN=alice`.
    var summary: String {
        var words = ["\(version)", cipher]
        if let applicationProtocol { words.append("ALPN \(applicationProtocol)".printable) }
        if isResumed { words.append("resumed") }
        if let own = peerCertificates.first { words.append("certificate of \(own.subject)") }
        return words.joined(separator: ", ")
    }
}
