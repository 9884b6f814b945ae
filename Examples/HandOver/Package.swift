// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "hand-over",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        .executableTarget(
            name: "HandOver",
            dependencies: [.product(name: "Sockets", package: "switchboard")]
        )
    ]
)
