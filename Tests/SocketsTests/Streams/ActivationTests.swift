import Glibc
import Testing

@testable import Sockets

/// Each in a process of its own, whose descriptors 3 and 4 are put there as systemd does.
@Suite("Sockets from systemd")
struct ActivationTests {
    @Test func areTakenOverOnce() async {
        await #expect(processExitsWith: .success) {
            let address = try prepareListener(at: 3)
            announce("1", names: "chat")
            let listeners = try StreamListener.activated()
            #expect(listeners.map(\.localAddress) == [address])
            #expect(try StreamListener.activated().isEmpty)
            let client = try await StreamSocket.create(.ipv4).connect(to: address)
            let server = try await listeners[0].accept()
            try await client.send("hello\n")
            #expect(try await ByteReader(server).line(limit: 9) == "hello")
            #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0)
        }
    }

    @Test func areChosenByName() async {
        await #expect(processExitsWith: .success) {
            let chat = try prepareListener(at: 3)
            let admin = try prepareListener(at: 4)
            announce("2", names: "chat:admin")
            #expect(try StreamListener.activated(named: "none").isEmpty)
            #expect(try StreamListener.activated(named: "admin").map(\.localAddress) == [admin])
            #expect(try StreamListener.activated(named: "chat").map(\.localAddress) == [chat])
        }
    }

    @Test func areLeftAloneWhenTheyAreNoListeners() async {
        await #expect(processExitsWith: .success) {
            let ends = try unsafe withUnsafeTemporaryAllocation(of: CInt.self, capacity: 2) {
                try #require(unsafe pipe($0.baseAddress) == 0)
                return unsafe [$0[0], $0[1]]
            }
            try #require(dup2(ends[0], 3) == 3)
            let address = try prepareListener(at: 4)
            announce("2", names: nil)
            #expect(try StreamListener.activated().map(\.localAddress) == [address])
            #expect(fcntl(3, F_GETFD) >= 0)
        }
    }

    @Test func areForTheProcessTheyWereMeantFor() async {
        await #expect(processExitsWith: .success) {
            _ = try prepareListener(at: 3)
            announce("1", names: nil)
            unsafe setenv("LISTEN_PID", "1", 1)
            #expect(try StreamListener.activated().isEmpty)
            unsafe unsetenv("LISTEN_PID")
            #expect(try StreamListener.activated().isEmpty)
        }
    }

    @Test(arguments: ["", "many", "-1", "100000"])
    func areRefusedWhenTheirNumberMakesNoSense(count: String) async {
        await #expect(processExitsWith: .success) { [count] in
            announce(count, names: nil)
            let error = await expect(.invalidArgument) { _ = try StreamListener.activated() }
            #expect(
                error?.description
                    == "activate: invalid argument: LISTEN_FDS is no number from 0 to 1024"
            )
        }
    }
}

/// A listening socket at a descriptor's number, blocking and inherited, as a service gets it.
private func prepareListener(at number: CInt) throws -> SocketAddress {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    try #require(System.bind(descriptor, to: .v4(.loopback, port: 0)) == 0)
    try #require(listen(descriptor, 10) == 0)
    if descriptor != number {
        try #require(dup2(descriptor, number) == number)
        close(descriptor)
    }
    return try #require(System.localAddress(number))
}

private func announce(_ count: String, names: String?) {
    unsafe setenv("LISTEN_PID", "\(getpid())", 1)
    unsafe setenv("LISTEN_FDS", count, 1)
    if let names {
        unsafe setenv("LISTEN_FDNAMES", names, 1)
    } else {
        unsafe unsetenv("LISTEN_FDNAMES")
    }
}
