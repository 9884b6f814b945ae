internal import CProgram
import Glibc

/// `/bin/sh -c COMMAND` between two pipes; the standard error stays ours.
enum ShellCommand {
    /// Starts one.
    ///
    /// The caller closes the descriptors and reaps the process.
    static func start(_ command: String) throws(Failure) -> (pid_t, input: CInt, output: CInt) {
        let input = try pipe()
        let output: (read: CInt, write: CInt)
        do throws(Failure) {
            output = try pipe()
        } catch {
            closeAll(input.read, input.write)
            throw error
        }
        // The child's ends.
        defer { closeAll(input.read, output.write) }
        var pid: pid_t = 0
        let error = spawn(&pid, command, input.read, output.write)
        guard error == 0 else {
            closeAll(input.write, output.read)
            throw Failure(SystemError(number: error), "start /bin/sh")
        }
        return (pid, input.write, output.read)
    }

    private static func spawn(
        _ pid: inout pid_t,
        _ command: String,
        _ input: CInt,
        _ output: CInt
    ) -> CInt {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        restoreSignals(&attributes)
        // The shell gets the bytes of the command line: names in it need not be UTF-8.
        let words = [Array("sh".utf8), Array("-c".utf8), ProgramArguments.bytes(of: command)]
        return unsafe withArguments(words) { arguments in
            unsafe posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environ)
        }
    }

    /// A child begins like any other: with no signal blocked, and dying of a closed pipe.
    private static func restoreSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        unsafe sigaddset(&defaults, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private static func withArguments<Result>(
        _ arguments: [[UInt8]],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe arguments.map { unsafe strdup($0.cString) }
        defer { for index in arguments.indices { unsafe free(copies[index]) } }
        return unsafe body(copies + [nil])
    }

    /// pipe2(2), both ends close-on-exec; blocking, because the child's end must be.
    static func pipe() throws(Failure) -> (read: CInt, write: CInt) {
        var ends: [CInt] = [-1, -1]
        guard unsafe cprogram_pipe(&ends) == 0 else {
            throw Failure(SystemError(number: errno), "make a pipe")
        }
        return (ends[0], ends[1])
    }

    private static func closeAll(_ descriptors: CInt...) {
        for descriptor in descriptors { close(descriptor) }
    }
}
