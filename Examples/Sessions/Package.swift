// swift-tools-version: 6.2
import PackageDescription

let sessions: [Target.Dependency] = [
    "Console",
    .product(name: "Sessions", package: "switchboard"),
    .product(name: "Sockets", package: "switchboard"),
]
// Functions stay with the task that calls them, as everything does in Sockets.
let settings: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let package = Package(
    name: "session-examples",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        // How all of them print and read their arguments.
        .target(
            name: "Console",
            dependencies: [.product(name: "Sockets", package: "switchboard")]
        ),
        .executableTarget(
            name: "Calculator",
            dependencies: sessions + [.product(name: "SessionsCodable", package: "switchboard")],
            swiftSettings: settings
        ),
        .executableTarget(name: "Ticker", dependencies: sessions, swiftSettings: settings),
        .executableTarget(
            name: "Thermostat",
            dependencies: sessions + [.product(name: "SessionsCodable", package: "switchboard")],
            swiftSettings: settings
        ),
        .executableTarget(name: "FileDrop", dependencies: sessions, swiftSettings: settings),
        .executableTarget(name: "DropDemo", dependencies: sessions, swiftSettings: settings),
    ]
)
