// swift-tools-version: 6.2
import PackageDescription

// A product a program, so that one that does not build takes none of the others with it.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
    name: "switchboard-benchmarks",
    products: [
        .executable(name: "echo-switchboard", targets: ["echo-switchboard"]),
        .executable(name: "nio-handlers", targets: ["nio-handlers"]),
        .executable(name: "nio-async", targets: ["nio-async"]),
        .executable(name: "flying-socks", targets: ["flying-socks"]),
        .executable(name: "datagrams-switchboard", targets: ["datagrams-switchboard"]),
        .executable(name: "datagrams-nio", targets: ["datagrams-nio"]),
        .executable(name: "session-machine", targets: ["session-machine"]),
        .executable(name: "sessions-switchboard", targets: ["sessions-switchboard"]),
        .executable(name: "calls-grpc", targets: ["calls-grpc"]),
        .executable(name: "web-switchboard", targets: ["web-switchboard"]),
        .executable(name: "web-hummingbird", targets: ["web-hummingbird"]),
    ],
    dependencies: [
        // Named, because a path's own name is whatever directory the clone is in.
        .package(name: "switchboard", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
        .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            .upToNextMinor(from: "2.28.1")
        ),
        .package(url: "https://github.com/grpc/grpc-swift-2", .upToNextMinor(from: "2.4.3")),
        .package(
            url: "https://github.com/grpc/grpc-swift-nio-transport",
            .upToNextMinor(from: "2.9.2")
        ),
    ],
    targets: [
        .executableTarget(
            name: "echo-switchboard",
            dependencies: [.product(name: "Sockets", package: "switchboard")],
            path: "Peers/switchboard",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "nio-handlers",
            dependencies: nio,
            path: "Peers/nio-handlers",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "nio-async",
            dependencies: nio,
            path: "Peers/nio-async",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "flying-socks",
            dependencies: [.product(name: "FlyingSocks", package: "FlyingFox")],
            path: "Peers/flying-socks",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "datagrams-switchboard",
            dependencies: [.product(name: "Sockets", package: "switchboard")],
            path: "Peers/datagrams-switchboard",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "datagrams-nio",
            dependencies: nio,
            path: "Peers/datagrams-nio",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "session-machine",
            dependencies: [.product(name: "SessionProtocol", package: "switchboard")],
            path: "Peers/session-machine",
            swiftSettings: settings
        ),
        // What the clients of the calls share: the clocks, and the closed loop.
        .target(name: "CallLoad", path: "Peers/call-load", swiftSettings: settings),
        .executableTarget(
            name: "sessions-switchboard",
            dependencies: [
                "CallLoad",
                .product(name: "Sessions", package: "switchboard"),
                .product(name: "Sockets", package: "switchboard"),
            ],
            path: "Peers/sessions-switchboard",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "calls-grpc",
            dependencies: [
                "CallLoad",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Peers/calls-grpc",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "web-switchboard",
            dependencies: [
                .product(name: "HTTP", package: "switchboard"),
                .product(name: "HTTPCodec", package: "switchboard"),
                .product(name: "Sockets", package: "switchboard"),
                .product(name: "TLS", package: "switchboard"),
            ],
            path: "Peers/web-switchboard",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "web-hummingbird",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Peers/web-hummingbird",
            swiftSettings: settings
        ),
    ]
)
