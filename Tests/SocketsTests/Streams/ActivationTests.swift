import Glibc
import Testing

@testable import Sockets

/// Each in a process of its own, as systemd starts one.
///
/// The runtime may have taken numbers from 3 on already; the listeners then stand behind those, which
/// are no listeners and left alone.
@Suite("Sockets from systemd")
struct ActivationTests {
    @Test func areTakenOverOnce() async {
        await #expect(processExitsWith: .success) {
            let (number, address) = try prepareListener()
            announce([number: "chat"])
            let listeners = try StreamListener.activated()
            #expect(listeners.map(\.localAddress) == [address])
            #expect(try StreamListener.activated().isEmpty)
            let client = try await StreamSocket.create(.ipv4).connect(to: address)
            let server = try await listeners[0].accept()
            try await client.send("hello\n")
            #expect(try await ByteReader(server).line(limit: 9) == "hello")
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
        }
    }

    @Test func areChosenByName() async {
        await #expect(processExitsWith: .success) {
            let chat = try prepareListener()
            let admin = try prepareListener()
            announce([chat.number: "chat", admin.number: "admin"])
            #expect(try StreamListener.activated(named: "none").isEmpty)
            #expect(
                try StreamListener.activated(named: "admin").map(\.localAddress) == [admin.address]
            )
            #expect(
                try StreamListener.activated(named: "chat").map(\.localAddress) == [chat.address]
            )
        }
    }

    @Test func areLeftAloneWhenTheyAreNoListeners() async {
        await #expect(processExitsWith: .success) {
            let other = dup(STDIN_FILENO)
            let (number, address) = try prepareListener()
            announce([other: "other", number: "chat"])
            #expect(try StreamListener.activated().map(\.localAddress) == [address])
            #expect(fcntl(other, F_GETFD) >= 0)
        }
    }

    @Test func areForTheProcessTheyWereMeantFor() async {
        await #expect(processExitsWith: .success) {
            let number = try prepareListener().number
            announce([number: "chat"])
            unsafe setenv("LISTEN_PID", "1", 1)
            #expect(try StreamListener.activated().isEmpty)
            unsafe unsetenv("LISTEN_PID")
            #expect(try StreamListener.activated().isEmpty)
        }
    }

    @Test(arguments: ["", "many", "-1", "100000"])
    func areRefusedWhenTheirNumberMakesNoSense(count: String) async {
        await #expect(processExitsWith: .success) { [count] in
            announce(count, names: "")
            let error = await expect(.invalidArgument) { _ = try StreamListener.activated() }
            #expect(
                error?.description
                    == "activate: invalid argument: LISTEN_FDS is no number from 0 to 1024"
            )
        }
    }
}

/// A listening socket, blocking and inherited, as a service gets it.
private func prepareListener() throws -> (number: CInt, address: SocketAddress) {
    let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    try #require(number >= 3)
    try #require(System.bind(number, to: .v4(.loopback, port: 0)) == 0)
    try #require(listen(number, 10) == 0)
    return (number, try #require(System.localAddress(number)))
}

/// Announces every descriptor from 3 to the last of these, which alone have names.
private func announce(_ names: [CInt: String]) {
    let numbers = 3...(names.keys.max() ?? 3)
    announce("\(numbers.count)", names: numbers.map { names[$0] ?? "" }.joined(separator: ":"))
}

private func announce(_ count: String, names: String) {
    unsafe setenv("LISTEN_PID", "\(getpid())", 1)
    unsafe setenv("LISTEN_FDS", count, 1)
    unsafe setenv("LISTEN_FDNAMES", names, 1)
}
