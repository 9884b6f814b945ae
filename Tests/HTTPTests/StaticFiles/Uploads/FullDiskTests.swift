import Foundation
import Glibc
import HTTPTypes
import Testing

@testable import HTTP

/// On a file system of one megabyte, which only root can mount.
@Suite struct FullDiskTests {
    @Test func aFullDiskRefusesAndKeepsNothing() throws {
        let folder = try TemporaryFolder()
        guard geteuid() == 0,
            try run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path) == 0
        else {
            print("skipped: aFullDiskRefusesAndKeepsNothing, because a tmpfs cannot be mounted")
            return
        }
        defer { _ = try? run("umount", "--lazy", folder.path) }
        try folder.write("old", to: "a.bin")
        let files = try UploadTests.serving(folder, sizeLimit: 1 << 30)
        let upload = try files.upload("/a.bin", [.contentLength: "4000000"])
        let piece = [UInt8](repeating: 1, count: 100_000)
        var refusal: StaticResponse?
        for _ in 0..<40 where refusal == nil { refusal = unsafe upload.append(piece.span.bytes) }
        #expect(refusal?.status == 507)
        #expect(try folder.text("a.bin") == "old")
        #expect(try folder.names() == ["a.bin"])
        // There is room again.
        let small = try files.upload("/b.bin")
        #expect(small.append("fits") == nil)
        #expect(small.finish().status == 201)
    }

    private func run(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
