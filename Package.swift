// swift-tools-version: 6.2
import PackageDescription

/// The settings every Swift target shares: nothing undeclared is imported, nothing unsafe is
/// unmarked, no warning is left for later.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let configuration = Target.Dependency.product(
    name: "Configuration",
    package: "swift-configuration"
)
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let signals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")

let package = Package(
    name: "switchboard",
    products: [
        .library(name: "Addresses", targets: ["Addresses"]),
        .library(name: "Packets", targets: ["Packets"]),
        .library(name: "HTTPCodec", targets: ["HTTPCodec"]),
        .library(name: "NetworkTools", targets: ["NetworkTools"]),
        .library(name: "Sockets", targets: ["Sockets"]),
        .library(name: "Digests", targets: ["Digests"]),
        .library(name: "TLS", targets: ["TLS"]),
        .library(name: "HTTP", targets: ["HTTP"]),
        .library(name: "SocketsTesting", targets: ["SocketsTesting"]),
        .library(name: "Relays", targets: ["Relays"]),
        .library(name: "WebSocketCodec", targets: ["WebSocketCodec"]),
        .library(name: "SessionProtocol", targets: ["SessionProtocol"]),
        .library(name: "Sessions", targets: ["Sessions"]),
        .library(name: "SessionsCodable", targets: ["SessionsCodable"]),
        .library(name: "ChatCore", targets: ["ChatCore"]),
        .library(name: "ChatStore", targets: ["ChatStore"]),
        .library(name: "ChatStoreTesting", targets: ["ChatStoreTesting"]),
        .library(name: "ChatServer", targets: ["ChatServer"]),
        .library(name: "ChatClient", targets: ["ChatClient"]),
        .executable(name: "sock", targets: ["sock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle",
            from: "2.13.0"
        ),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(name: "CProgram"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Addresses", swiftSettings: settings),
        .target(name: "Escaping", swiftSettings: settings),
        .target(name: "Packets", dependencies: ["Addresses"], swiftSettings: settings),
        .target(name: "HTTPCodec", dependencies: [httpTypes], swiftSettings: settings),
        .target(
            name: "Sockets",
            dependencies: ["CLinux", "Addresses", "Packets", logging, metrics, lifecycle],
            swiftSettings: settings
        ),
        .systemLibrary(name: "COpenSSL"),
        .target(name: "Digests", dependencies: ["COpenSSL"], swiftSettings: settings),
        .target(
            name: "TLS",
            dependencies: ["COpenSSL", "Escaping", "Sockets"],
            swiftSettings: settings
        ),
        .target(
            name: "Files",
            dependencies: ["CLinux", "Escaping", "Sockets"],
            swiftSettings: settings
        ),
        .target(
            name: "HTTP",
            dependencies: [
                "CLinux", "Digests", "Escaping", "Files", "HTTPCodec", "Sockets", "TLS",
                "WebSocketCodec", httpTypes,
            ],
            swiftSettings: settings
        ),
        .target(name: "SocketsTesting", dependencies: ["Sockets"], swiftSettings: settings),
        .target(
            name: "Relays",
            dependencies: ["Sockets", "SocketsTesting", deques],
            swiftSettings: settings
        ),
        .target(
            name: "NetworkTools",
            dependencies: ["Packets", "Sockets"],
            swiftSettings: settings
        ),
        .target(name: "WebSocketCodec", dependencies: ["CZlib"], swiftSettings: settings),
        .target(name: "SessionProtocol", dependencies: [deques], swiftSettings: settings),
        .target(
            name: "Sessions",
            dependencies: [
                "Digests", "Escaping", "Files", "SessionProtocol", "Sockets", deques, heap, logging,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SessionsCodable",
            dependencies: ["Sessions", "Sockets"],
            swiftSettings: settings
        ),
        .target(
            name: "ChatCore",
            dependencies: ["Escaping", deques],
            swiftSettings: settings
        ),
        .target(name: "ChatStore", dependencies: ["ChatCore", database], swiftSettings: settings),
        .target(
            name: "ChatStoreTesting",
            dependencies: ["ChatCore", "ChatStore"],
            swiftSettings: settings
        ),
        .target(
            name: "ChatServer",
            dependencies: ["CLinux", "Sockets", "ChatCore", deques, lifecycle, logging],
            swiftSettings: settings
        ),
        .target(
            name: "ChatClient",
            dependencies: ["CLinux", "ChatCore", "Escaping", "Sockets"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "sock",
            dependencies: [
                "CProgram", "Escaping", "Files", "Sockets", "Packets", "NetworkTools", "Relays",
                "TLS", "HTTP", "HTTPCodec", "WebSocketCodec", "Sessions", "ChatServer",
                "ChatClient", argumentParser, configuration,
            ],
            swiftSettings: settings
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "SessionSimulation",
            dependencies: ["SessionProtocol", deques],
            path: "Tests/SessionSimulation",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate",
            dependencies: ["SessionSimulation", argumentParser],
            path: "Tests/Simulate",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "prove",
            dependencies: ["SessionProtocol", "Sessions", "Sockets", argumentParser, signals],
            path: "Tests/Prove",
            swiftSettings: settings
        ),
        .testTarget(
            name: "EscapingTests",
            dependencies: ["Escaping", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PacketsTests",
            dependencies: ["Packets", "Addresses", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPCodecTests",
            dependencies: ["HTTPCodec"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SocketsTests",
            dependencies: [
                "Addresses", "Packets", "Sockets", "SocketsTesting", "TestSupport", lifecycle,
                logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: settings),
        .testTarget(
            name: "TLSTests",
            dependencies: ["TLS", "Sockets", "SocketsTesting", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SocketsTestingTests",
            dependencies: ["SocketsTesting", "Sockets"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RelaysTests",
            dependencies: ["Relays", "Sockets", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPTests",
            dependencies: [
                "Files", "HTTP", "HTTPCodec", "Sockets", "SocketsTesting", "TLS", "TestSupport",
                "WebSocketCodec", httpTypes,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "NetworkToolsTests",
            dependencies: ["NetworkTools", "Packets", "Sockets", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebSocketCodecTests",
            dependencies: ["WebSocketCodec", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionProtocolTests",
            dependencies: ["SessionProtocol", "SessionSimulation"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionsTests",
            dependencies: [
                "Files", "HTTP", "SessionProtocol", "Sessions", "SessionsCodable", "Sockets",
                "SocketsTesting", "TLS",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ClientsTests",
            dependencies: [
                "HTTP", "SessionProtocol", "Sessions", "Sockets", "TLS", "TestSupport", httpTypes,
            ],
            exclude: ["Peers"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChatCoreTests",
            dependencies: ["ChatCore"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChatStoreTests",
            dependencies: ["ChatCore", "ChatStore", "ChatStoreTesting", database],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChatServerTests",
            dependencies: ["ChatServer", "ChatCore", "Sockets", "SocketsTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChatClientTests",
            dependencies: ["ChatClient", "Sockets"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SockTests",
            dependencies: [
                "sock", "Files", "NetworkTools", "Packets", "Sessions", "Sockets", "TestSupport",
                "TLS", argumentParser,
            ],
            swiftSettings: settings
        ),
    ]
)
