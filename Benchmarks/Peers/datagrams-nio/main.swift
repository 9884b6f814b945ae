// SwiftNIO with a channel handler and vectored reads (recvmmsg), on one event loop thread. What is
// written before a flush goes out by sendmmsg. What each mode does is said in Peers/datagrams-c/main.c.
//
// usage: datagrams-nio MODE SIZE plain|offload [PORT]

import Foundation
import NIOCore
import NIOPosix

typealias Datagram = AddressedEnvelope<ByteBuffer>

let batch = 64
let roomSize = 2048  // any datagram of an Ethernet
let questionSize = 8

final class Echo: ChannelInboundHandler {
    typealias InboundIn = Datagram
    typealias OutboundOut = Datagram

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }
}

final class Counting: ChannelInboundHandler {
    typealias InboundIn = Datagram
    typealias OutboundOut = Datagram
    var datagrams: UInt64 = 0
    var bytes: UInt64 = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = unwrapInboundIn(data)
        guard datagram.data.readableBytes == questionSize else {
            datagrams += 1
            bytes += UInt64(datagram.data.readableBytes)
            return
        }
        var answer = context.channel.allocator.buffer(capacity: 16)
        answer.writeInteger(datagrams, endianness: .little)
        answer.writeInteger(bytes, endianness: .little)
        let envelope = Datagram(remoteAddress: datagram.remoteAddress, data: answer)
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }
}

final class Sending: ChannelInboundHandler {
    typealias InboundIn = Datagram
    typealias OutboundOut = Datagram
    let payload: ByteBuffer
    var left: UInt64 = 0
    var sink: SocketAddress?
    var request: Datagram?

    init(size: Int) { payload = ByteBuffer(repeating: 0, count: size) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = unwrapInboundIn(data)
        var words = request.data
        guard let count = words.readInteger(endianness: .little, as: UInt64.self),
            let port = words.readInteger(endianness: .little, as: UInt64.self)
        else { return }
        left = count
        sink = try? SocketAddress(ipAddress: "127.0.0.1", port: Int(port))
        self.request = request
        sendMore(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sendMore(context)
    }

    private func sendMore(_ context: ChannelHandlerContext) {
        guard let sink, let request else { return }
        while left > 0, context.channel.isWritable {
            let now = min(left, UInt64(batch))
            for _ in 0..<now {
                context.write(
                    wrapOutboundOut(Datagram(remoteAddress: sink, data: payload)),
                    promise: nil
                )
            }
            left -= now
            context.flush()
        }
        guard left == 0 else { return }
        self.request = nil
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }
}

func makeHandler(_ mode: String, size: Int) -> any ChannelHandler {
    switch mode {
    case "echo": Echo()
    case "receive": Counting()
    default: Sending(size: size)
    }
}

let words = CommandLine.arguments
guard words.count > 3, words[3] == "plain", let size = Int(words[2]) else {
    fatalError("usage: datagrams-nio MODE SIZE plain [PORT]")
}
let mode = words[1]
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let channel = try DatagramBootstrap(group: group)
    .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
    .channelOption(.datagramVectorReadMessageCount, value: batch)
    .channelOption(
        .recvAllocator,
        value: FixedSizeRecvByteBufferAllocator(capacity: batch * roomSize)
    )
    .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(makeHandler(mode, size: size))
        }
    }
    .bind(host: "127.0.0.1", port: words.count > 4 ? Int(words[4]) ?? 0 : 0)
    .wait()
let line = "listening on udp://127.0.0.1:\(channel.localAddress?.port ?? 0)\n"
FileHandle.standardError.write(Data(line.utf8))
try channel.closeFuture.wait()
