import Glibc

/// The one way out of the process: what was told is written first, and no command of a client is left
/// behind.
enum ProgramEnd {
    /// Tells why, if there is anything to say, and ends.
    static func exit(after failure: Failure) -> Never {
        if let message = failure.message { tell(message) }
        exit(failure.status)
    }

    /// Ends: exit(3).
    static func exit(_ status: ExitStatus) -> Never {
        ChildProcess.killAll()
        StandardError.shared.flush()
        Glibc.exit(status.code)
    }

    /// Tells a failure that belongs to no command's events.
    static func tell(_ message: String) {
        Announcer(isJSON: wantsJSON, isVerbose: false).tell(.failed(message))
    }

    /// Whether the command line asks for events as JSON, of whatever command and however wrong it is.
    private static var wantsJSON: Bool {
        ProgramArguments.texts.prefix { $0 != "--" }.contains("--json")
    }
}
