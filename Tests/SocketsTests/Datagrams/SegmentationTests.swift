import TestSupport
import Testing

@testable import Sockets

struct SegmentationTests {
    @Test func piecesCoverTheBytesOnceAndKeepTheKernelsLimits() {
        for size in [0, 1, 2, 99, 100, 101, 6400, 6401, 65_507, 65_508, 200_000] {
            for segment in [nil, 0, -1, 1, 7, 100, 1400, 65_507, 65_508, 70_000, Int.max] {
                for isCut in [true, false] {
                    var pieces = SegmentPieces(
                        size: size,
                        segmentSize: segment,
                        isCutByKernel: isCut
                    )
                    var end = 0
                    var segments = 0
                    repeat {
                        let next = pieces.next
                        #expect(next.lowerBound == end && next.upperBound <= size)
                        if let segment, segment > 0 {
                            #expect(next.count <= max(segment, 65_507))
                            #expect(
                                next.count <= segment.multipliedReportingOverflow(by: 64).0
                                    || segment > 1 << 32
                            )
                            #expect(pieces.nextHasSegments == (next.count > segment))
                            #expect(isCut || next.count <= segment)
                        }
                        end = next.upperBound
                        segments += pieces.advance()
                    } while !pieces.isDone
                    #expect(end == size)
                    let unit = segment.flatMap { $0 > 0 ? $0 : nil } ?? max(size, 1)
                    #expect(segments == max(1, (size - 1) / unit + (size > 0 ? 1 : 0)))
                }
            }
        }
    }

    @Test func moreSegmentsThanTheKernelCutsAtOnceAllArrive() async throws {
        let receiver = try DatagramSocket.bind(
            to: .v4(.loopback, port: 0),
            options: [.set(.receiveBufferSize, to: 1 << 20)]
        )
        let sender = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let bytes = pattern(1000)
        try await unsafe sender.send(
            bytes.span.bytes,
            to: receiver.localAddress,
            metadata: DatagramMetadata(segmentSize: 10)
        )
        var memory = [UInt8](repeating: 0, count: 100)
        var received: [UInt8] = []
        for _ in 0..<100 {
            let datagram = try await withDeadline(.after(.seconds(5))) {
                try await receiver.receive(into: &memory)
            }
            #expect(datagram.size == 10)
            received += memory[..<datagram.count]
        }
        #expect(received == bytes)
        #expect(sender.statistics().splitCount == 0)
        #expect(sender.statistics().sentCount == 2)
    }

    @Test(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
    func segmentsLargerThanThePathTakesAreSentOneByOne() async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect(
                "eth0",
                "10.9.0.1/24",
                to: hosts[1],
                "eth0",
                "10.9.0.2/24",
                mtu: 1000
            )
            let sender = try hosts[0].inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let receiver = try hosts[1].inside { try DatagramSocket.bind(to: .v4(.any, port: 0)) }
            let target = SocketAddress(
                try IPAddress("10.9.0.2"),
                port: receiver.localAddress.port ?? 0
            )
            let bytes = pattern(5000)
            for isBatch in [false, true] {
                let metadata = DatagramMetadata(segmentSize: 2000)
                if isBatch {
                    var batch = DatagramBatch(capacity: 2, datagramSize: 5000)
                    #expect(unsafe batch.append(bytes.span.bytes, to: target, metadata: metadata))
                    #expect(unsafe batch.append("end".utf8Span.span.bytes, to: target))
                    try await sender.send(&batch)
                } else {
                    try await unsafe sender.send(bytes.span.bytes, to: target, metadata: metadata)
                    try await sender.send("end", to: target)
                }
                var received: [UInt8] = []
                for size in [2000, 2000, 1000] {
                    var memory = [UInt8](repeating: 0, count: 3000)
                    let datagram = try await withDeadline(.after(.seconds(5))) {
                        try await receiver.receive(into: &memory)
                    }
                    #expect(datagram.size == size)
                    received += memory[..<datagram.count]
                }
                #expect(received == bytes)
                #expect(try await receiver.receiveText().text == "end")
            }
            #expect(sender.statistics().splitCount == 2)
            #expect(sender.receiveErrorIfReady() == nil)
        }
    }
}
