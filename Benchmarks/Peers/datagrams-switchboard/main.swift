// Ours: batches of the public API, on one event loop. What each mode does is said in
// Peers/datagrams-c/main.c.
//
// usage: datagrams-switchboard MODE SIZE plain|offload|without [PORT]

import Foundation
import Sockets

let questionSize = 8
let largestPayload = 65_507  // of UDP over IPv4
let segmentLimit = 64  // UDP_MAX_SEGMENTS of older kernels

func echo(_ socket: DatagramSocket, _ batch: inout DatagramBatch) async throws {
    while true {
        try await socket.receive(into: &batch)
        try await socket.send(&batch)  // sends all back, and empties it
    }
}

func countReceived(_ socket: DatagramSocket, _ batch: inout DatagramBatch) async throws {
    var datagrams = 0
    var bytes = 0
    while true {
        try await socket.receive(into: &batch)
        var question: Int?
        batch.forEachDatagram { datagram, place in
            if datagram.byteCount == questionSize {
                question = place
            } else {
                datagrams += 1
                bytes += datagram.byteCount
            }
        }
        if let question, let asker = batch.peer(at: question) {
            try await socket.send([UInt64(datagrams), UInt64(bytes)].span.bytes, to: asker)
        }
    }
}

func sendAsAsked(
    _ socket: DatagramSocket,
    _ batch: inout DatagramBatch,
    size: Int,
    segments: Int
) async throws {
    let payload = [UInt8](repeating: 0, count: size * segments)
    let metadata = segments > 1 ? DatagramMetadata(segmentSize: size) : DatagramMetadata()
    var request = [UInt8](repeating: 0, count: 16)  // how many datagrams, to which port
    while true {
        let asked = try await socket.receive(into: &request)
        let (count, port) = request.withUnsafeBytes {
            ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
        }
        let sink = SocketAddress.v4(.loopback, port: UInt16(truncatingIfNeeded: port))
        for _ in 0..<Int(count) / segments {
            if batch.append(payload.span.bytes, to: sink, metadata: metadata) { continue }
            try await socket.send(&batch)
            _ = batch.append(payload.span.bytes, to: sink, metadata: metadata)
        }
        try await socket.send(&batch)
        try await socket.send(request.span.bytes, to: asked.source)
    }
}

func run(_ mode: String, size: Int, variant: String, port: UInt16) async throws {
    let isOffload = variant == "offload"
    let group = try EventLoopGroup(count: 1)
    let options: [SocketSetting] = [
        .set(.receiveBufferSize, to: 4 << 20), .set(.receiveOffload, to: isOffload),
    ]
    // On the loop's own thread, as servers are.
    try await withTaskExecutorPreference(group.next()) {
        let endpoint = try Endpoint("udp://127.0.0.1:\(port)")
        try await DatagramSocket.bind(to: endpoint, loops: group, options: options) { socket in
            FileHandle.standardError.write(Data("listening on udp://\(socket.localAddress)\n".utf8))
            var batch =
                isOffload
                ? DatagramBatch(capacity: 16, datagramSize: 65_535)
                : DatagramBatch(capacity: 64, datagramSize: 2048)
            batch.allowsSegmentationOffload = variant != "without"
            switch mode {
            case "echo": try await echo(socket, &batch)
            case "receive": try await countReceived(socket, &batch)
            default:
                let segments = isOffload ? min(largestPayload / size, segmentLimit) : 1
                try await sendAsAsked(socket, &batch, size: size, segments: segments)
            }
        }
    }
}

let words = CommandLine.arguments
guard words.count > 3, ["echo", "receive", "send"].contains(words[1]), let size = Int(words[2])
else { fatalError("usage: datagrams-switchboard MODE SIZE plain|offload|without [PORT]") }
try await run(
    words[1],
    size: size,
    variant: words[3],
    port: words.count > 4 ? UInt16(words[4]) ?? 0 : 0
)
