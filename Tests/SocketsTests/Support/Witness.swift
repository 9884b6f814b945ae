import Testing

@testable import Sockets

/// A descriptor to be passed, and the other end of its pair, which tells what became of it.
final class Witness: Sendable {
    private let here: StreamConnection
    private let there: StreamConnection

    init() throws { (here, there) = try StreamConnection.pair() }

    deinit { close() }

    /// Passes the descriptor to whoever `send` passes it to, and keeps none of it.
    func pass(_ send: (CInt) async throws -> Void) async throws {
        let descriptor = try there.duplicateDescriptor()
        there.close()
        try await send(descriptor.number)
    }

    /// The word arrives at whoever has the descriptor.
    func say(_ word: String) async throws { try await here.send(word) }

    /// Checks that nobody has the descriptor: the end of the stream comes.
    func expectGone(sourceLocation: SourceLocation = #_sourceLocation) async {
        do {
            let count = try await withDeadline(.after(.seconds(10))) {
                var buffer = ByteBuffer()
                return try await here.receive(into: &buffer)
            }
            #expect(count == 0, sourceLocation: sourceLocation)
        } catch {
            Issue.record(error, "somebody still has it", sourceLocation: sourceLocation)
        }
    }

    func close() {
        here.close()
        there.close()
    }
}

/// The first of the descriptors that came.
func first(_ descriptors: inout ReceivedDescriptors) throws -> Descriptor {
    guard let descriptor = descriptors.popFirst() else { throw NoDescriptor() }
    return descriptor
}

/// No descriptor came where one was expected.
struct NoDescriptor: Error {}

/// What has come over a descriptor that was received.
func word(_ descriptor: consuming Descriptor) async throws -> String {
    let connection = try StreamConnection.adopt(descriptor)
    defer { connection.close() }
    var buffer = ByteBuffer()
    _ = try await connection.receive(into: &buffer)
    return String(decoding: buffer.array(), as: UTF8.self)
}
