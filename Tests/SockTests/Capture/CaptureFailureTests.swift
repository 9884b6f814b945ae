import Foundation
import TestSupport
import Testing

/// What `sock capture` says when it cannot.
struct CaptureFailureTests {
    @Test func aMistakeInTheFilterIsPointedAt() throws {
        let outcome = try SockProgram.run("capture", "tcp", "port", "99999", "-o", "/nowhere/x")
        #expect(outcome.status == 64)
        #expect(
            outcome.errors == """
                sock: invalid filter: '99999' is over 65535, for a port
                  tcp port 99999
                           ^~~~~

                """
        )
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [
        ["--count", "0"], ["--snap", "0"], ["--snap", "300000"], ["--promiscuous"],
    ])
    func aNumberOutOfRangeIsRefused(_ arguments: [String]) throws {
        let outcome = try Program.run([SockProgram.path, "capture"] + arguments)
        #expect(outcome.status == 64)
    }

    @Test(.enabled(if: geteuid() == 0, "a capture needs root"))
    func anUnknownInterfaceIsNamedAndTheFileLeftAlone() throws {
        try withFolder { folder in
            let outcome = try SockProgram.run("capture", "-i", "nope0", "-o", "\(folder)/x")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors == "sock: resolve: name not found: no interface is named 'nope0'\n"
            )
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/x"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become nobody"))
    func withoutThePrivilegeTheCapabilityIsNamed() throws {
        try withFolder { folder in
            // A copy that nobody can reach, and a file whose contents stay.
            let copy = "\(folder)/sock"
            try FileManager.default.copyItem(atPath: SockProgram.path, toPath: copy)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
            let file = "\(folder)/kept"
            try Data("kept".utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
            let outcome = try Program.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "capture"]
                    + ["-o", file]
            )
            #expect(outcome.status == 1)
            #expect(
                outcome.errors == """
                    sock: create: permission denied (EPERM): a packet socket needs the capability \
                    CAP_NET_RAW: run as root, or give it to the program with setcap cap_net_raw+ep

                    """
            )
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "a capture needs root"))
    func aFileThatCannotBeOpenedOrWrittenIsNamed() throws {
        let missing = try SockProgram.run("capture", "-i", "lo", "-o", "/nowhere/x.pcapng")
        #expect(missing.status == 1)
        #expect(
            missing.errors == "sock: open /nowhere/x.pcapng: no such file or directory (ENOENT)\n"
        )
        let full = try SockProgram.run("capture", "-i", "lo", "-o", "/dev/full")
        #expect(full.status == 1)
        #expect(full.errors.hasSuffix("sock: write /dev/full: no space left on device (ENOSPC)\n"))
    }

    @Test(
        .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
    )
    func anInterfaceThatIsDownOrGoesDownIsSaid() async throws {
        try await CaptureNetwork.run { network in
            try network.here.ip(
                "link",
                "add",
                "idle",
                "type",
                "veth",
                "peer",
                "name",
                "idler"
            )
            let outcome = try network.start([SockProgram.path, "capture", "-i", "idle"]).wait()
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasSuffix("(ENETDOWN): the interface idle is down\n"))
            let capture = try network.capture("-i", "eth0", "udp port 9")
            try network.here.ip("link", "set", "eth0", "down")
            let ended = capture.wait()
            #expect(ended.status == 1)
            #expect(ended.errors.contains("\n0 packets, 0 bytes in "))
            #expect(ended.errors.hasSuffix("sock: the interface eth0 went down\n"))
        }
    }
}
