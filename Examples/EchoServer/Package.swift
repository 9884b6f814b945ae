// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "echo-server",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        .executableTarget(
            name: "EchoServer",
            dependencies: [.product(name: "Sockets", package: "switchboard")]
        )
    ]
)
