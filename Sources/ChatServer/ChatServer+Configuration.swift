public import ChatCore
public import Logging
public import Sockets

extension ChatServer {
    /// Where a server listens and what bounds it.
    public struct Configuration: Sendable {
        /// Where it listens; a room spans all of them.
        public var endpoints: [Endpoint]

        /// What bounds the chat.
        public var chat: ChatLimits

        /// What bounds the connections.
        public var limits: Limits

        /// Where it logs.
        ///
        /// Quiet unless one is given.
        public var logger: Logger

        /// A configuration; limits that make no sense trap when the server is made.
        public init(
            endpoints: [Endpoint] = ["127.0.0.1:12345"],
            chat: ChatLimits = .init(),
            limits: Limits = .init(),
            logger: Logger = Logger(label: "chat") { _ in SwiftLogNoOpLogHandler() }
        ) {
            self.endpoints = endpoints
            self.chat = chat
            self.limits = limits
            self.logger = logger
        }
    }
}
