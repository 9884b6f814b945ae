import Packets
import Sockets

/// One capture: takes packets from the socket and hands them to who prints and writes.
final class CaptureRun: Sendable {
    private let socket: PacketSocket
    private let options: CaptureOptions
    private let announcer: Announcer
    private let report: CaptureReport
    private let printer: ConsumerThread?
    private let writer: ConsumerThread?
    private let outcome = Lock(ExitStatus.done)

    /// What the shell is told.
    var status: ExitStatus { outcome.withLock { $0 } }

    /// Bytes of packets taken at once: as many as 64 of the largest.
    ///
    /// Only the memory that packets came into is ever touched.
    private static let batchSize = 64 * CaptureOptions.snapLimit
    private static let batchCountLimit = 512

    /// Binds, and so begins.
    init(
        _ access: CaptureAccess,
        _ options: CaptureOptions,
        _ announcer: Announcer
    ) throws {
        let socket = try access.bind(isPromiscuous: options.promiscuous)
        self.socket = socket
        self.options = options
        self.announcer = announcer
        report = CaptureReport(options, writesTo: access.file?.name)
        // What cannot be shown or written is no capture.
        let stop: @Sendable () -> Void = { socket.close() }
        printer =
            options.printsPackets
            ? try ConsumerThread(PrintingConsumer(options), onFailure: stop) : nil
        writer = try access.file.map {
            try ConsumerThread(
                PcapngConsumer(
                    $0,
                    on: access.interface,
                    filter: options.filterText,
                    snapSize: options.snap
                ),
                onFailure: stop
            )
        }
    }

    /// Captures until it is told to end, and says what there was; cancelling is such an end.
    func run() async {
        report.begin()
        let start = ContinuousClock.now
        var tally = CaptureTally()
        let failure = await take(&tally)
        tally.duration = start.duration(to: .now)
        tally.droppedCount = socket.statistics().droppedCount
        let ending = CaptureEnding(time: .now, droppedCount: tally.droppedCount)
        var failures = failure.map { [$0] } ?? []
        tally.unwrittenCount = await finish(writer, ending, &failures)
        tally.unshownCount = await finish(printer, ending, &failures) ?? 0
        report.end(tally)
        for failure in failures {
            outcome.withLock { $0 = failure.status }
            if let message = failure.message { announcer.tell(.failed(message)) }
        }
    }

    /// Has a consumer end; returns how many packets it lost, or nil if it failed.
    private func finish(
        _ thread: ConsumerThread?,
        _ ending: CaptureEnding,
        _ failures: inout [Failure]
    ) async -> Int? {
        do throws(Failure) {
            return try await thread?.finish(ending) ?? 0
        } catch {
            failures.append(error)
            return nil
        }
    }

    /// Takes packets to the end; returns why it was not the one asked for.
    private func take(_ tally: inout CaptureTally) async -> Failure? {
        let deadline = options.seconds.map { Deadline.after($0.duration) } ?? .never
        do throws(SocketError) {
            try await withDeadline(deadline) { () throws(SocketError) in
                try await takeAll(&tally)
            }
            return nil
        } catch {
            switch error.code {
            // Closed by a consumer that failed, which says so itself.
            case .cancelled, .deadlinePassed, .closed: return nil
            case .networkUnreachable:
                return Failure(.failed, "the interface \(options.interface) went down")
            default: return Failure(error)
            }
        }
    }

    private func takeAll(_ tally: inout CaptureTally) async throws(SocketError) {
        let capacity = min(Self.batchCountLimit, Self.batchSize / options.snap)
        var batch = DatagramBatch(capacity: max(1, capacity), datagramSize: options.snap)
        let limit = options.count ?? .max
        while tally.packetCount < limit {
            try await socket.receive(into: &batch)
            let chunk = chunk(of: batch, atMost: limit - tally.packetCount, &tally)
            if chunk.records.isEmpty { continue }
            writer?.add(chunk)
            printer?.add(chunk)
        }
    }

    private func chunk(
        of batch: borrowing DatagramBatch,
        atMost limit: Int,
        _ tally: inout CaptureTally
    ) -> PacketChunk {
        var records: [PacketChunk.Record] = []
        var bytes: [UInt8] = []
        for index in 0..<batch.count where records.count < limit {
            let packet = batch.packet(at: index)
            if packet.isLoopbackEcho { continue }
            let data = batch.bytes(at: index)
            records.append(.init(packet: packet, range: bytes.count..<bytes.count + data.byteCount))
            unsafe data.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            tally.add(packet, data)
        }
        return PacketChunk(records, bytes)
    }
}

extension ReceivedPacket {
    /// Whether it leaves by loopback, and so is about to come in and be seen again.
    fileprivate var isLoopbackEcho: Bool {
        link.direction == .outgoing && link.hardwareType == 772  // ARPHRD_LOOPBACK
    }

    /// What its headers say.
    func layers(_ bytes: RawSpan) -> PacketLayers {
        PacketLayers(parsing: bytes, network: link.type, size: size)
    }
}
