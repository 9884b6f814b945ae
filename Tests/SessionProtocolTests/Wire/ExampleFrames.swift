@testable import SessionProtocol

/// One frame of each type, as the document shows them (docs/session-protocol.md, "Examples").
enum ExampleFrames {
    static let ticket = SessionTicket(
        session: SessionID(0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F),
        secret: SessionID(0x1011_1213_1415_1617, 0x1819_1A1B_1C1D_1E1F)
    )

    static let all: [(bytes: String, frame: Frame)] = [
        (
            """
            33 01 000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f
            01 00 00 43e8 80040000 4080 80030000 02 6869
            """,
            .attach(
                AttachRequest(
                    ticket: ticket,
                    epoch: 1,
                    isResuming: false,
                    receivedCount: 0,
                    clock: 1_000,
                    limits: SessionLimits(),
                    credentials: [0x68, 0x69]
                )
            )
        ),
        (
            "1b 02 01 00 8001e240 80040000 4080 80030000 5388 6710 800493e0 00 00",
            .accept(
                Acceptance(
                    epoch: 1,
                    receivedCount: 0,
                    clock: 123_456,
                    limits: SessionLimits(),
                    timing: SessionTiming(),
                    answer: []
                )
            )
        ),
        (
            "0a 03 09 43e8 05 6c61746572",
            .refuse(Refusal(.overloaded, retryAfterMilliseconds: 1_000, text: "later"))
        ),
        ("03 04 4064", .acknowledge(receivedCount: 100)),
        ("05 05 8001e240", .ping(clock: 123_456)),
        ("07 06 8001e240 47d0", .pong(echo: 123_456, clock: 2_000)),
        (
            "06 07 43e8 5388 00",
            .drain(Drain(delayMilliseconds: 1_000, withinMilliseconds: 5_000))
        ),
        ("05 08 0a 02 6e6f", .fault(.malformed, text: "no")),
        ("05 09 04 07 cafe", .datagram(stream: 4, number: 7, payload: [0xCA, 0xFE])),
        (
            "08 20 00 00 00 03 6c6f67",
            .open(stream: 0, kind: .log, expiry: 0, name: [0x6C, 0x6F, 0x67])
        ),
        (
            "09 20 02 03 44b0 03 616464",
            .open(stream: 2, kind: .call, expiry: 1_200, name: [0x61, 0x64, 0x64])
        ),
        ("04 40 00 6869", .message(MessageHeader(stream: 0), payload: [0x68, 0x69])),
        (
            "06 44 00 44b0 6869",
            .message(MessageHeader(stream: 0, expiry: 1_200), payload: [0x68, 0x69])
        ),
        (
            "03 41 00 68",
            .message(MessageHeader(stream: 0, hasMore: true), payload: [0x68])
        ),
        (
            "04 42 02 0102",
            .message(MessageHeader(stream: 2, endsFlow: true), payload: [1, 2])
        ),
        (
            "04 48 00 0000",
            .message(MessageHeader(stream: 0, isWithdrawn: true), payload: [0, 0])
        ),
        ("03 21 00 11", .taken(stream: 0, count: 17)),
        ("04 22 00 10 02", .skipped(stream: 0, number: 16, cause: .deadline)),
        ("03 23 00 10", .cancel(stream: 0, number: 16)),
        (
            "06 24 00 03 12 01 2a",
            .gap(stream: 0, count: 3, cause: .trimmed, place: [42])
        ),
        ("04 25 02 0e 00", .end(stream: 2, status: .failed, detail: [])),
        ("04 26 02 01 00", .reset(stream: 2, code: .cancelled, takenCount: 0)),
        ("03 27 03 00", .bye(.closed, text: "")),
    ]
}
