// gRPC over its NIO transport: one unary call of raw bytes, written by hand, so that no protobuf is in
// the way; one event loop an end, plain text.

import CallLoad
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

struct Echo: RegistrableRPCService {
    static let method = MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Echo")

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: Self.method,
            deserializer: RawBytes(),
            serializer: RawBytes()
        ) { request, _ in
            let request = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: request.message))
        }
    }
}

struct RawBytes: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
        Bytes(message)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
        bytes.withUnsafeBytes { [UInt8]($0) }
    }
}

nonisolated func serve(_ port: Int) async throws {
    let server = GRPCServer(
        transport: .http2NIOPosix(
            address: .ipv4(host: "127.0.0.1", port: port),
            transportSecurity: .plaintext,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)
        ),
        services: [Echo()]
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        guard let address = try await server.listeningAddress?.ipv4 else {
            fail("no address")
        }
        let line = "listening on tcp://\(address.host):\(address.port)\n"
        FileHandle.standardError.write(Data(line.utf8))
        try await group.waitForAll()
    }
}

nonisolated func calls(_ port: Int, _ words: inout CommandWords) async throws {
    let underWay: Int = words.number()
    let plan = Plan(&words)
    let payload = [UInt8](repeating: 0x61, count: 64)
    try await withGRPCClient(
        transport: .http2NIOPosix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .plaintext,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)
        )
    ) { client in
        try await measureCalls(plan, underWay: underWay) {
            let answer = try await client.unary(
                request: ClientRequest(message: payload),
                descriptor: Echo.method,
                serializer: RawBytes(),
                deserializer: RawBytes(),
                options: .defaults
            ) { try $0.message }
            guard answer == payload else { fail("another answer") }
        }
    }
}

nonisolated func run() async throws {
    var words = CommandWords(
        usage: """
            usage: calls-grpc server PORT
                   calls-grpc calls UNDER-WAY WARM-UP SECONDS SERVER-PID PORT
            """
    )
    let mode = words.word()
    guard let port = UInt16(words.lastWord()).map({ Int($0) }) else { words.endWithUsage() }
    switch mode {
    case "server": try await serve(port)
    case "calls": try await calls(port, &words)
    default: words.endWithUsage()
    }
}

do { try await run() } catch { fail("\(error)") }
