// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "websocket-echo",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        .executableTarget(
            name: "WebSocketEcho",
            dependencies: [
                .product(name: "HTTP", package: "switchboard"),
                .product(name: "Sockets", package: "switchboard"),
                .product(name: "WebSocketCodec", package: "switchboard"),
            ]
        )
    ]
)
