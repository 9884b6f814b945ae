import SocketsTesting
import Testing

@testable import Sockets

@Suite("A byte buffer")
struct ByteBufferTests {
    @Test func appendsAtTheEndAndConsumesFromTheStart() {
        var buffer = ByteBuffer()
        #expect(buffer.count == 0)
        buffer.append("hello ")
        buffer.append([0x77, 0x6F, 0x72, 0x6C, 0x64])
        #expect(buffer.count == 11)
        buffer.consume(6)
        #expect(buffer.array() == Array("world".utf8))
        #expect(buffer.bytes.byteCount == 5)
        buffer.clear()
        #expect(buffer.array() == [])
    }

    @Test func holdsExactlyItsLimit() {
        var buffer = ByteBuffer(limit: 10)
        buffer.append([UInt8](repeating: 1, count: 10))
        #expect(buffer.count == 10)
        let hasSpace = buffer.makeSpace()
        #expect(!hasSpace)
        buffer.consume(1)
        let hasSpaceAgain = buffer.makeSpace()
        #expect(hasSpaceAgain)
        let (result, space) = unsafe buffer.fill { memory, space in
            unsafe memory.storeBytes(of: 2, as: UInt8.self)
            return space
        }
        #expect(result == 1 && space == 1)
        #expect(buffer.array() == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
    }

    @Test func trapsWhenTheCallerAppendsPastTheLimit() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer(limit: 3)
            buffer.append("four")
        }
    }

    @Test func trapsWhenMoreIsConsumedThanThereIs() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer()
            buffer.append("abc")
            buffer.consume(4)
        }
    }

    /// Against an array, over sizes around those where memory is moved, grown and pooled.
    @Test func agreesWithAnArray() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for limit in [1, 300, 5000, 65_536, 70_000, 1 << 20] {
            var buffer = ByteBuffer(limit: limit)
            var model: [UInt8] = []
            for _ in 0..<300 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let count = Int.random(in: 0...(limit - model.count), using: &random)
                    let piece = (0..<min(count, 20_000)).map { UInt8(truncatingIfNeeded: $0) }
                    buffer.append(piece)
                    model += piece
                case 1:
                    let count = Int.random(in: 0...model.count, using: &random)
                    buffer.consume(count)
                    model.removeFirst(count)
                case 2:
                    let mayFill = buffer.makeSpace()
                    #expect(mayFill == (model.count < limit))
                    guard mayFill else { break }
                    let byte = UInt8.random(in: 0...255, using: &random)
                    let (result, space) = unsafe buffer.fill { memory, space in
                        let count = min(space, 7)
                        unsafe memory.initializeMemory(
                            as: UInt8.self,
                            repeating: byte,
                            count: count
                        )
                        return count
                    }
                    #expect(space <= limit - model.count && result == min(space, 7))
                    model += [UInt8](repeating: byte, count: result)
                default:
                    if model.isEmpty { buffer.releaseMemoryIfEmpty() }
                }
                #expect(buffer.count == model.count)
                #expect(buffer.array() == model)
            }
        }
    }

    /// An idle connection costs no buffer: the loop has the chunk again, and lends the same.
    @Test func givesTheLoopsMemoryBackWhenItIsEmpty() async throws {
        let loops = try EventLoopGroup(count: 1)
        await withTaskExecutorPreference(loops.next()) {
            await onTheLoop()
        }
    }

    @concurrent private func onTheLoop() async {
        #expect(EventLoop.current != nil)
        var first = ByteBuffer()
        #expect(hasSpace(&first) == true)
        let address = Self.address(of: &first)
        first.releaseMemoryIfEmpty()
        let isGone = unsafe first.contents.baseAddress == nil
        #expect(isGone)
        var second = ByteBuffer()
        #expect(hasSpace(&second) == true)
        #expect(Self.address(of: &second) == address)
        // Not while there are bytes.
        second.append("x")
        second.releaseMemoryIfEmpty()
        #expect(second.array() == Array("x".utf8))
        // Nor is a chunk lost when the buffer goes with its bytes.
        _ = consume second
        var third = ByteBuffer()
        #expect(hasSpace(&third) == true)
        #expect(Self.address(of: &third) == address)
    }

    private func hasSpace(_ buffer: inout ByteBuffer) -> Bool { buffer.makeSpace() }

    private static func address(of buffer: inout ByteBuffer) -> UInt {
        var address: UInt = 0
        _ = unsafe buffer.fill { memory, _ in
            address = UInt(bitPattern: memory)
            return 0
        }
        return address
    }
}
