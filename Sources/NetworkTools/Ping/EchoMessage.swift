internal import Packets
internal import Sockets

/// Echo requests to be sent, and what came back read.
enum EchoMessage {
    /// Bytes of ICMP before the payload.
    static let headerSize = ICMPEcho.headerSize

    /// The largest payload: an IPv4 packet has 65,535 bytes, and 28 of them are headers.
    static let payloadSizeLimit = 65_507

    /// An echo request.
    ///
    /// Over IPv6 its checksum, which covers addresses, is left to the kernel (RFC 3542 §3.1).
    static func request(
        _ echo: ICMPEcho,
        isIPv6: Bool,
        payload: EchoPayload,
        number: Int
    ) -> [UInt8] {
        var message = [UInt8](repeating: 0, count: headerSize + payload.size)
        payload.write(number: number, to: &message, at: headerSize)
        var elements = message.mutableSpan
        var bytes = unsafe elements.mutableBytes
        do throws(PacketError) {
            if isIPv6 {
                let nowhere = PseudoHeader.v6(source: .any, destination: .any)
                try ICMPv6Message.echoRequest(echo).write(into: &bytes, pseudoHeader: nowhere)
            } else {
                try ICMPv4Message.echoRequest(echo).write(into: &bytes)
            }
        } catch {
            preconditionFailure("an echo request that has room for its header: \(error)")
        }
        return message
    }

    /// What arrived at a socket for echo replies.
    enum Arrival: Equatable {
        /// A reply to this socket: its number, where its data is, and the hops it had left if the
        /// bytes say so.
        case reply(sequenceNumber: UInt16, data: Range<Int>, hopLimit: UInt8?)
        /// Something that is not for this socket, as raw sockets see it: a request, or a reply to
        /// somebody else.
        case foreign
        /// A reply whose checksum is wrong.
        case wrongChecksum
        /// Bytes that are no message.
        case malformed
    }

    /// Reads what a socket received.
    ///
    /// - Parameters:
    ///   - bytes: As they came; of a raw IPv4 socket with the IP header.
    ///   - isIPv6: Whether it is ICMPv6, whose checksum the kernel has verified.
    ///   - hasHeader: Whether the IP header is there.
    ///   - identifier: The socket's.
    /// - Returns: What it is.
    static func read(
        _ bytes: RawSpan,
        isIPv6: Bool,
        hasHeader: Bool,
        identifier: UInt16
    ) -> Arrival {
        do throws(PacketError) {
            var hopLimit: UInt8?
            var range = 0..<bytes.byteCount
            if hasHeader {
                let header = try IPv4Header(parsing: bytes)
                hopLimit = header.timeToLive
                range = header.payloadRange(in: bytes.byteCount)
            }
            let message = bytes.extracting(range)
            guard let echo = try reply(message, isIPv6: isIPv6), echo.identifier == identifier
            else {
                return .foreign
            }
            if !isIPv6, !ICMPv4Message.isChecksumValid(in: message) { return .wrongChecksum }
            return .reply(
                sequenceNumber: echo.sequenceNumber,
                data: range.lowerBound + headerSize..<range.upperBound,
                hopLimit: hopLimit
            )
        } catch {
            return .malformed
        }
    }

    private static func reply(_ message: RawSpan, isIPv6: Bool) throws(PacketError) -> ICMPEcho? {
        if isIPv6 {
            if case .echoReply(let echo) = try ICMPv6Message(parsing: message) { return echo }
        } else {
            if case .echoReply(let echo) = try ICMPv4Message(parsing: message) { return echo }
        }
        return nil
    }

    /// The request that an ICMP error quotes, if it is one of ours.
    static func quotedRequest(_ quote: [UInt8], isIPv6: Bool, identifier: UInt16) -> UInt16? {
        let bytes = unsafe quote.span.bytes
        let echo: ICMPEcho
        if isIPv6 {
            guard case .echoRequest(let found)? = try? ICMPv6Message(parsing: bytes) else {
                return nil
            }
            echo = found
        } else {
            guard case .echoRequest(let found)? = try? ICMPv4Message(parsing: bytes) else {
                return nil
            }
            echo = found
        }
        return echo.identifier == identifier ? echo.sequenceNumber : nil
    }
}
