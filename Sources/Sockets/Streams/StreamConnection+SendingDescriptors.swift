internal import CLinux
internal import Glibc

/// Out of a descriptor, into the connection.
extension StreamConnection {
    func sendPipe(_ descriptor: CInt) async throws(SocketError) -> Int {
        System.enlargePipe(descriptor, to: CInt(Self.spliceSize))
        var turn = Turn()
        var batching = Batching()
        var moved = 0
        try await enter(.writing, .splice)
        while true {
            let count = System.splice(from: descriptor, to: socket.number, Self.spliceSize)
            if count == 0 { break }
            if count > 0 {
                moved += count
                sent.add(count)
                batching.take(count)
                if turn.take(count) { try await rest(.writing, .splice, after: moved) }
            } else if System.wouldBlock(count), System.isReady(socket.number, for: .writing) {
                // The pipe is empty.
                try await wait(for: descriptor, .reading, holding: .writing, &batching, moved)
            } else {
                try await retry(.writing, .splice, after: count, transferred: moved)
            }
        }
        socket.leave(.writing, ready: true)
        return moved
    }

    func sendRest(ofFile descriptor: CInt) async throws(SocketError) -> Int {
        var turn = Turn()
        var moved = 0
        try await enter(.writing, .sendFile)
        while true {
            let count = System.withoutBrokenPipeSignal {
                System.retrying {
                    sendfile(socket.number, descriptor, nil, Self.spliceSize)
                }
            }
            if count == 0 { break }
            if count > 0 {
                moved += count
                sent.add(count)
                if turn.take(count) { try await rest(.writing, .sendFile, after: moved) }
            } else if count == -Int(EINVAL), moved == 0 {
                socket.leave(.writing, ready: true)
                throw unsupported(descriptor)
            } else {
                try await retry(.writing, .sendFile, after: count, transferred: moved)
            }
        }
        socket.leave(.writing, ready: true)
        return moved
    }
}
