// Hummingbird with a router, on one event loop thread; handlers run where it runs them.

import Foundation
import Hummingbird
import Logging
import NIOPosix

let port = CommandLine.arguments.last.flatMap { Int($0) } ?? 0
let router = Router()
router.get("hello") { _, _ in "Hello, World!" }
var logger = Logger(label: "web-hummingbird")
logger.logLevel = .error
let application = Application(
    router: router,
    configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096),
    onServerRunning: { channel in
        let line = "listening on tcp://127.0.0.1:\(channel.localAddress?.port ?? 0)\n"
        FileHandle.standardError.write(Data(line.utf8))
    },
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
    logger: logger
)
try await application.runService()
