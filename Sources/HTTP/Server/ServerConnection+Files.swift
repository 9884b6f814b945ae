internal import Glibc
internal import Sockets

extension ServerConnection {
    /// Files are sent in steps of this, each with a deadline of its own.
    ///
    /// 4 MiB: at the slowest pace allowed, two hours; at a usual one, a blink.
    private static let fileStepSize = 4 << 20

    /// The steps of a file whose progress somebody watches.
    ///
    /// 256 KiB: at 1 Mbit/s, one every two seconds.
    private static let watchedStepSize = 256 << 10

    /// What is read at once where the bytes have to pass through the program.
    ///
    /// What a TLS stream encrypts at once: four records that fill a chunk of 64 KiB. A multiple of the
    /// records' size would leave a small rest each time, sent by a call of its own.
    private static let readSize = 65_536 - 512

    /// Files up to this are read and leave with their head: one call for both, and one packet.
    ///
    /// Copying so much costs less than another call.
    private static let copiedSize = 16_384

    /// Sends part of a file, after what has gathered; how much there was of it.
    ///
    /// `onStep` is told, after each step, how much has been sent. A failure says how much was sent of
    /// the file.
    func sendFile(
        _ descriptor: CInt,
        offset: Int,
        count: Int,
        onStep: ((Int) -> Void)? = nil
    ) async throws(SocketError) -> Int {
        if count <= Self.copiedSize { return append(descriptor, offset: offset, count: count) }
        do throws(SocketError) { try await flush() } catch { throw error.withTransferredCount(0) }
        guard let socket = stream as? StreamConnection else {
            return try await sendRead(descriptor, offset: offset, count: count, onStep)
        }
        var sent = 0
        while sent < count {
            let step = min(
                count - sent,
                onStep == nil ? Self.fileStepSize : Self.watchedStepSize
            )
            let moved: Int
            do throws(SocketError) {
                moved = try await withDeadline(sendDeadline(step)) { () async throws(SocketError) in
                    try await socket.sendFile(
                        descriptor: descriptor,
                        offset: offset + sent,
                        count: step
                    )
                }
            } catch {
                throw error.withTransferredCount(sent + error.transferredCount)
            }
            sent += moved
            onStep?(sent)
            if moved < step { break }
        }
        return sent
    }

    private func append(_ descriptor: CInt, offset: Int, count: Int) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { memory in
            var got = 0
            while got < count {
                let more = unsafe pread(
                    descriptor,
                    memory.baseAddress.map { unsafe $0 + got },
                    count - got,
                    off_t(offset + got)
                )
                if more <= 0 { break }
                got += more
            }
            unsafe append(RawSpan(_unsafeBytes: memory[..<got]))
            return got
        }
    }

    private func sendRead(
        _ descriptor: CInt,
        offset: Int,
        count: Int,
        _ onStep: ((Int) -> Void)?
    ) async throws(SocketError) -> Int {
        var sent = 0
        var bytes = [UInt8](repeating: 0, count: min(count, Self.readSize))
        while sent < count {
            let size = min(count - sent, bytes.count)
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, size, off_t(offset + sent))
            }
            guard got > 0 else { break }
            do throws(SocketError) {
                try await unsafe timed.send(
                    bytes.span.extracting(0..<got).bytes,
                    until: sendDeadline(got)
                )
            } catch {
                throw error.withTransferredCount(sent + error.transferredCount)
            }
            sent += got
            onStep?(sent)
        }
        return sent
    }
}
