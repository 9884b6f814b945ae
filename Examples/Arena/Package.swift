// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "arena",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        // The game and its messages, without sockets and clocks.
        .target(name: "ArenaRules"),
        .executableTarget(
            name: "Arena",
            dependencies: [
                "ArenaRules",
                .product(name: "Sessions", package: "switchboard"),
                .product(name: "Sockets", package: "switchboard"),
            ],
            // Functions stay with the task that calls them, as everything does in Sockets.
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
        ),
        .testTarget(name: "ArenaRulesTests", dependencies: ["ArenaRules"]),
    ]
)
