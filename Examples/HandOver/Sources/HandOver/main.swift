import Foundation
import Sockets

// A server that is replaced while it runs, and refuses nobody meanwhile: a new process asks the one
// before for its listening socket, which then ends.
//
//     HandOver 127.0.0.1:7777 unix-seqpacket:@hand-over &      and the same again, to replace it

guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: HandOver ENDPOINT unix-seqpacket:NAME\n".utf8))
    exit(64)
}
let endpoint = try Endpoint(CommandLine.arguments[1])
let control = try Endpoint(CommandLine.arguments[2])

/// The listening socket of the process before; nil when there is none.
func takeOver() async throws -> StreamListener? {
    do {
        return try await SeqpacketConnection.connect(to: control) { predecessor in
            var descriptors = ReceivedDescriptors(limit: 1)
            var word = [UInt8](repeating: 0, count: 16)
            var span = word.mutableSpan
            var bytes = span.mutableBytes
            _ = try await predecessor.receive(into: &bytes, descriptors: &descriptors)
            guard let descriptor = descriptors.popFirst() else { return nil }
            return try StreamListener.adopt(descriptor)
        }
    } catch let error as SocketError where error.code == .refused {
        return nil
    }
}

/// Waits for the process that replaces this one, and gives it the listening socket.
func giveAway(_ listener: StreamListener) async throws {
    try await SeqpacketListener.listen(on: control) { control in
        while true {
            let successor = try await control.accept()
            defer { successor.close() }
            // An abstract name has no permissions: anybody may ask.
            guard try successor.peerCredentials().userID == geteuid() else { continue }
            control.close()
            let descriptor = try listener.handOver()
            try await successor.send("yours", passing: [descriptor.number])
            return
        }
    }
}

let before = try await takeOver()
let listener: StreamListener
if let before { listener = before } else { listener = try await .listen(on: endpoint) }
let words = "\(getpid()) listening on \(Endpoint(listener.localAddress))\n"
FileHandle.standardError.write(Data(words.utf8))

async let replaced: Void = giveAway(listener)
// Ends when the socket is another's and the last connection has been served.
try await listener.serve { connection in
    try await connection.send("process \(getpid())\n")
}
try await replaced
