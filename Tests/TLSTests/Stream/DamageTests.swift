import Sockets
import SocketsTesting
import TLS
import Testing

/// A bit changed anywhere on the way: both sides end with an error of their own, soon, and what they
/// received before it was right.
@Suite("Damaged bytes")
struct DamageTests {
    @Test(arguments: [TLSVersion.tls12, .tls13], [true, false])
    func aFlippedBitIsFoundWhereverItIs(version: TLSVersion, isOfClient: Bool) async throws {
        let parties = try Parties(versions: version...version)
        let (whole, _) = try await talk(parties, .none, .none)
        #expect(whole == [nil, nil])
        var undamaged = 0
        // To more than either side sends; a step that meets every bit and every part of records.
        let places = Array(stride(from: 0, to: 1200, by: 7))
        for place in places {
            let damage = DamagedStream.Damage.flip(place: place)
            let (errors, isRight) = try await talk(
                parties,
                isOfClient ? damage : .none,
                isOfClient ? .none : damage
            )
            #expect(isRight, "wrong data after a flip at \(place)")
            if errors == [nil, nil] { undamaged += 1 }
            for error in errors.compactMap(\.self) {
                #expect(Self.codes.contains(error), "\(error) after a flip at \(place)")
            }
        }
        // Past the end of what was sent nothing is damaged, and the legacy versions in records' headers
        // are not looked at; the rest was found.
        #expect(undamaged < places.count * 5 / 6)
    }

    private static let codes: [SocketError.Code] = [
        .malformed, .handshakeFailed, .untrustedPeer, .unexpectedEnd, .brokenPipe, .closed, .reset,
        .limitExceeded, .deadlinePassed,
    ]

    /// Connects and talks; the codes of both sides' errors, and whether all data was right.
    private func talk(
        _ parties: Parties,
        _ clientDamage: DamagedStream.Damage,
        _ serverDamage: DamagedStream.Damage
    ) async throws -> (errors: [SocketError.Code?], isRight: Bool) {
        let (near, far) = InMemoryStream.pair()
        let (client, server) = (
            DamagedStream(near, clientDamage), DamagedStream(far, serverDamage)
        )
        async let serving = Self.outcome(of: server) {
            let stream = try await TLSStream.accept(over: server, configuration: parties.server)
            let text = try await stream.text(atLeast: 5)
            try await stream.send("world")
            try await stream.finish()
            return "hello".hasPrefix(text)
        }
        let (error, isRight) = await Self.outcome(of: client) {
            let stream = try await TLSStream.connect(
                over: client,
                name: Parties.name,
                configuration: parties.client
            )
            try await stream.send("hello")
            // A side that gives up closes, and that is an end: a beginning is all that may have come.
            return "world".hasPrefix(try await stream.text())
        }
        let (otherError, isOtherRight) = await serving
        return ([error, otherError], isRight && isOtherRight)
    }

    /// Within a deadline: a length that was changed makes a side wait for bytes that never come.
    private static func outcome(
        of stream: DamagedStream,
        _ body: () async throws -> Bool
    ) async -> (SocketError.Code?, Bool) {
        defer { stream.close() }
        do {
            let isRight = try await withDeadline(.after(.milliseconds(200)), body)
            return (nil, isRight)
        } catch let error as SocketError {
            return (error.code, true)
        } catch {
            Issue.record(error)
            return (nil, false)
        }
    }
}
