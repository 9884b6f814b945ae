import ArgumentParser
import Relays
import Sockets

/// What goes wrong on the way of what `sock relay` relays.
struct FaultOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make everything later, each way: 20ms, 1.5s; 20 is 20 seconds.",
            valueName: "time"
        )
    )
    var delay: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let the delay vary by up to so much, both ways: 5ms.",
            valueName: "time"
        )
    )
    var jitter: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Move at most so many bytes a second, each way of each connection: 800, 10k, 64Ki.",
            valueName: "rate"
        )
    )
    var rate: ByteRate?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Send streams in pieces of so many bytes: 1, 1k, 64Ki.",
            valueName: "size"
        )
    )
    var chunk: ByteSize?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Drop each connection when it is so old: 300ms, 5s.", valueName: "time")
    )
    var dropConnectionEvery: TimeSpan?

    @Flag(help: "Drop with a reset (RST) in place of an end (FIN).")
    var reset = false

    @Flag(
        help: """
            Do not tell one side that the other has ended; a drop closes only the target's side.
            """
    )
    var halfOpen = false

    @Flag(help: "Let everything vanish, both ways and ends too, from the beginning.")
    var blackHole = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let everything vanish from when a connection is so old: 5s.",
            valueName: "time"
        )
    )
    var blackHoleAfter: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Lose so many of a hundred datagrams: 5%.", valueName: "percent")
    )
    var loss = Share.none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Send so many of a hundred datagrams twice.", valueName: "percent")
    )
    var duplicate = Share.none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let so many of a hundred datagrams be overtaken by the next.",
            valueName: "percent"
        )
    )
    var reorder = Share.none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make the same draws again; without it they are new, and their seed is told.",
            valueName: "number"
        )
    )
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep at most so much each way of each connection; then its sender waits: 4MiB.",
            valueName: "size"
        )
    )
    var heldLimit: ByteSize?

    func validate() throws {
        if blackHole, blackHoleAfter != nil {
            throw ValidationError("--black-hole is --black-hole-after 0s: give one")
        }
        if reset, dropConnectionEvery == nil {
            throw ValidationError("--reset is how --drop-connection-every drops")
        }
    }

    /// Numbers alone where most tools mean milliseconds: they are seconds, which is said.
    var notes: [String] {
        let times = [
            ("--delay", delay), ("--jitter", jitter),
            ("--drop-connection-every", dropConnectionEvery),
        ]
        return times.compactMap { option, time in
            guard let time, time.isBare, time.duration >= .seconds(1) else { return nil }
            let number = time.defaultValueDescription.dropLast()
            return "\(option) \(number) means \(number) seconds; for milliseconds write \(number)ms"
        }
    }

    /// The faults, for a way between two endpoints.
    ///
    /// - Throws: A usage failure for faults of what is not relayed there.
    func faults(between endpoint: Endpoint, and target: Endpoint) throws(Failure) -> RelayFaults {
        let isDatagram = endpoint.isDatagram && target.isDatagram
        if !isDatagram, loss != .none || duplicate != .none || reorder != .none {
            throw Failure(
                .usage,
                "--loss, --duplicate and --reorder are for datagrams: udp or unix-datagram, both ways"
            )
        }
        if isDatagram, chunk != nil {
            throw Failure(.usage, "--chunk is for streams: a datagram goes whole or not at all")
        }
        return RelayFaults(
            delay: delay?.duration ?? .zero,
            jitter: jitter?.duration ?? .zero,
            bytesPerSecond: rate?.bytesPerSecond,
            chunkSize: chunk?.bytes,
            dropInterval: dropConnectionEvery?.duration,
            dropsWithReset: reset,
            blackHoleAfter: blackHole ? .zero : blackHoleAfter?.duration,
            isHalfOpen: halfOpen,
            loss: loss.fraction,
            duplication: duplicate.fraction,
            reordering: reorder.fraction,
            heldSizeLimit: heldLimit?.bytes ?? RelayFaults.usualHeldSizeLimit
        )
    }
}
