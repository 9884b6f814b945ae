import Foundation
import Sockets
import Testing

/// Many members in one server process, half of them killed.
///
/// `SOCK_TEST_MEMBERS=10000` for the full size; both processes may then need 10,100 descriptors.
@Suite(.serialized) struct ChatScaleTests {
    private static let memberCount =
        ProcessInfo.processInfo.environment["SOCK_TEST_MEMBERS"].flatMap { Int($0) } ?? 500

    @Test func killingHalfLeavesDescriptorsAndMemoryWhereTheyWere() async throws {
        raiseDescriptorLimit()
        let chat = try ServedChat(runLimit: 600)
        // On a loop's thread: other tests may block those of the pool for longer than a deadline.
        let sizes = try await withTaskExecutorPreference(EventLoopGroup.shared.next()) {
            try await rounds(chat)
        }
        // In KiB; a member costs some 7 of them.
        print("\(Self.memberCount) members: \(sizes) KiB before, and after each round")
        if Self.memoryIsMeasurable { #expect(sizes[3] - sizes[1] <= 2_048) }
        chat.stop()
    }

    /// A sanitizer keeps a shadow of the memory, and freed memory in quarantine.
    private static var memoryIsMeasurable: Bool {
        guard let kind = ProcessInfo.processInfo.environment["SOCK_TEST_SANITIZER"] else {
            return true
        }
        print("memory is not compared: the \(kind) sanitizer keeps some of its own")
        return false
    }

    /// What may stay after a crowd, in KiB.
    ///
    /// Arbitrary: a sixth of what 10,000 members take.
    private static let keptSizeLimit = 12_288

    /// The memory of the server before and after each of three rounds, in KiB.
    private func rounds(_ chat: ServedChat) async throws -> [Int] {
        // What the process opens once it has by the time that members have come.
        let first = try await Crowd.entering(chat.endpoint, count: 2)
        let atRest = chat.process.descriptorCount - first.people.count
        try await first.leave()
        #expect(try await chat.process.settles { $0.descriptorCount == atRest })
        var sizes = [chat.process.residentSize]
        for round in 1...3 {
            let crowd = try await Crowd.entering(chat.endpoint, count: Self.memberCount)
            #expect(chat.process.descriptorCount == atRest + crowd.people.count)
            try await crowd.allHear("round \(round)")

            let survivors = crowd.killHalf()
            let rest = atRest + survivors.people.count
            #expect(try await chat.process.settles { $0.descriptorCount == rest })
            try await survivors.allHear("round \(round), what is left of it")

            try await survivors.leave()
            #expect(try await chat.process.settles { $0.descriptorCount == atRest })
            if Self.memoryIsMeasurable {
                let mostKept = sizes[0] + Self.keptSizeLimit
                #expect(try await chat.process.settles { $0.residentSize <= mostKept })
            }
            sizes.append(chat.process.residentSize)
        }
        return sizes
    }

    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Many connections to a chat, as `nc` would be each.
struct Crowd {
    let people: [Member]

    /// Connections that come at the same time.
    ///
    /// Arbitrary: fewer than a backlog holds.
    private static let entranceWidth = 64

    /// Connects from two addresses in turn, so that ports suffice, and gives each a name.
    static func entering(_ endpoint: String, count: Int) async throws -> Crowd {
        let address = try #require(try Endpoint(endpoint).socketAddress)
        var people: [Member] = []
        try await withThrowingTaskGroup(of: Member.self) { group in
            for number in 0..<count {
                if number >= Self.entranceWidth, let member = try await group.next() {
                    people.append(member)
                }
                group.addTask {
                    let source = try IPv4Address(
                        number.isMultiple(of: 2) ? "127.0.0.1" : "127.0.0.2"
                    )
                    return try await withDeadline(.after(.seconds(30))) {
                        try await Member(number, from: source, to: address)
                    }
                }
            }
            for try await member in group { people.append(member) }
        }
        return Crowd(people: people.sorted { $0.number < $1.number })
    }

    /// The first speaks, and everybody else hears it.
    func allHear(_ text: String) async throws {
        try await people[0].say(text)
        let line = "[#lobby] \(people[0].name): \(text)"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in people.dropFirst() {
                group.addTask {
                    try await withDeadline(.after(.seconds(30))) { try await member.hear(line) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Resets every second connection, without a word.
    func killHalf() -> Crowd {
        for member in people where !member.number.isMultiple(of: 2) { member.connection.reset() }
        return Crowd(people: people.filter { $0.number.isMultiple(of: 2) })
    }

    /// Says bye for all and waits until each is answered.
    func leave() async throws {
        for member in people { try await member.say("bye") }
        for member in people {
            try await withDeadline(.after(.seconds(30))) {
                try await member.hear("* bye, \(member.name)")
            }
            member.connection.close()
        }
    }

    /// One of them.
    ///
    /// Used by one task at a time.
    final class Member: @unchecked Sendable {
        let number: Int
        let connection: StreamConnection
        private let reader: ByteReader<StreamConnection>

        var name: String { "member\(number)" }

        init(_ number: Int, from source: IPv4Address, to server: SocketAddress) async throws {
            self.number = number
            connection = try await StreamSocket.create(.ipv4)
                .bind(to: .v4(source, port: 0)).connect(to: server)
            reader = ByteReader(connection)
            try await say(name)
            try await hear("* you are \(name) in")
        }

        func say(_ line: String) async throws { try await connection.send(line + "\n") }

        /// Reads up to a line that begins so.
        func hear(_ beginning: String) async throws {
            while let line = try await reader.line(limit: 65_536) {
                if line.hasPrefix(beginning) { return }
            }
            throw CancellationError()  // hung up on
        }
    }
}
