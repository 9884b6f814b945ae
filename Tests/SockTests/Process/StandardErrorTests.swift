import Foundation
import Testing

@testable import sock

/// A standard error that nobody reads.
@Suite struct StandardErrorTests {
    /// As the limit is, in lines of 1,000 bytes.
    private static let lineCount = StandardError.sizeLimit / 1000

    private static func line(_ number: Int) -> String {
        "\(number) " + String(repeating: "x", count: 990)
    }

    @Test(arguments: [false, true]) func linesThatDoNotFitAreCountedInTheirPlace(_ isJSON: Bool) {
        let pipe = Pipe.closedOnExec()
        let errors = StandardError(pipe.fileHandleForWriting.fileDescriptor)
        // Twice the limit, and what the pipe and the thread hold: nobody reads yet, and nobody waits.
        for number in 0..<(3 * Self.lineCount) { errors.tell(Self.line(number), isJSON: isJSON) }
        let reading = DispatchQueue(label: "reading")
        let all = Collected()
        reading.async {
            while true {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return all.end() }
                all.add(data)
            }
        }
        // Each waits a moment at most, and not at all when everything has been written.
        for _ in 0..<60 { errors.flush() }
        errors.tell("flows again", isJSON: isJSON)
        for _ in 0..<60 { errors.flush() }
        try? pipe.fileHandleForWriting.close()
        let lines = all.text().split(separator: "\n").map(String.init)
        #expect(lines.last == "flows again")
        let notice = lines.dropLast().last ?? ""
        let told = lines.dropLast(2)
        // What is told is told whole and in order, and what is missing is counted.
        #expect(told.elementsEqual((0..<told.count).map(Self.line)))
        let dropped = 3 * Self.lineCount - told.count
        #expect(dropped >= Self.lineCount / 2)
        #expect(
            notice
                == (isJSON
                    ? "{\"event\":\"lines_dropped\",\"line_count\":\(dropped)}"
                    : "sock: \(dropped) lines were not written: nobody read the standard error")
        )
    }

    @Test func theEndOfTheProcessWaitsForLastWordsButNotForEver() {
        let pipe = Pipe.closedOnExec()
        let errors = StandardError(pipe.fileHandleForWriting.fileDescriptor)
        for number in 0..<200 { errors.tell(Self.line(number), isJSON: false) }
        let start = ContinuousClock.now
        errors.flush()
        let time = start.duration(to: .now)
        #expect(time >= StandardError.farewell)
        #expect(time < StandardError.farewell + .seconds(20))
        // The thread is in write(2), and is done when there is no reader. Its descriptor must stay until
        // then, or it would write to whatever has the number next.
        try? pipe.fileHandleForReading.close()
        errors.flush()
        withExtendedLifetime(pipe) {}
    }

    @Test func aFlushWithNothingToSayWaitsForNothing() {
        let pipe = Pipe.closedOnExec()
        let errors = StandardError(pipe.fileHandleForWriting.fileDescriptor)
        errors.flush()
        errors.tell("a line", isJSON: false)
        errors.flush()
        errors.flush()
        #expect(pipe.fileHandleForReading.availableData == Data("a line\n".utf8))
    }

    /// Each server, and what strangers can make it say: more than a pipe holds, which nobody reads.
    @Test(arguments: [
        ("listen", ["tls://127.0.0.1:0", "--keep", "--echo"]),
        ("listen", ["tls://127.0.0.1:0", "--keep", "--echo", "-v"]),
        ("listen", ["127.0.0.1:0", "--keep", "--echo", "--json"]),
        ("listen", ["127.0.0.1:0", "--keep", "--exec", "cat", "-v"]),
        ("listen", ["ws://127.0.0.1:0", "--keep", "--echo"]),
        ("sessions", ["--listen", "tls://127.0.0.1:0"]),
        ("sessions", ["--listen", "ws://127.0.0.1:0"]),
        ("relay", ["127.0.0.1:0", "127.0.0.1:1", "-v"]),
        ("chat", ["serve", "--listen", "127.0.0.1:0"]),
    ])
    func aServerGoesOnAlthoughNobodyReadsWhatItSays(
        _ command: String,
        _ options: [String]
    ) throws {
        let script = """
            import fcntl, os, re, socket, ssl, struct, subprocess, sys
            r, w = os.pipe(); fcntl.fcntl(w, fcntl.F_SETPIPE_SZ, 4096)
            p = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=w)
            os.close(w)
            said = b''
            while not re.search(rb'127\\.0\\.0\\.1:(\\d+)', said): said += os.read(r, 4096)
            port = int(re.search(rb'127\\.0\\.0\\.1:(\\d+)', said)[1])
            def connect():
                return socket.create_connection(('127.0.0.1', port), timeout=30)
            words = b'GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' \\
                b'Origin: http://' + b'e' * 300 + b'\\r\\nSec-WebSocket-Version: 13\\r\\n' \\
                b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n'
            for _ in range(150):
                try:
                    s = connect()
                    s.sendall(words)
                    s.recv(1)
                    s.close()
                except ConnectionError: pass
            scheme = ' '.join(sys.argv[1:])
            try: s = connect()
            except ConnectionError: assert 'relay' in scheme
            if 'tls://' in scheme:
                s = ssl._create_unverified_context().wrap_socket(s)
            if 'relay' in scheme or '--listen tls' in scheme:
                answer = b'x'
            elif 'ws://' in scheme or 'chat' in scheme:
                if 'ws://' in scheme: s.sendall(words.replace(b'Origin: http://' + b'e' * 300 + b'\\r\\n', b''))
                answer = s.recv(1)
            else:
                s.sendall(b'x'); answer = s.recv(1)
            print('answered' if answer else 'silent')
            p.terminate()
            print(p.wait(60))
            """
        let outcome = try Program(
            ["python3", "-c", script, SockProgram.path, command] + options
        ).wait()
        #expect(outcome.text == "answered\n0\n", "\(outcome.errors)")
    }
}

/// What a reader in the background has got.
private final class Collected: @unchecked Sendable {
    // "@unchecked": touched with the condition locked.
    private let condition = NSCondition()
    private var data = Data()
    private var isOver = false

    func add(_ more: Data) { condition.withLock { data.append(more) } }

    func end() {
        condition.withLock {
            isOver = true
            condition.broadcast()
        }
    }

    func text() -> String {
        condition.lock()
        defer { condition.unlock() }
        while !isOver { condition.wait() }
        return String(decoding: data, as: UTF8.self)
    }
}
