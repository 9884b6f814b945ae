import ArgumentParser
import Files
import Sessions

/// `sock verify`: whether two ends of a session agree on every message.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Balance the ledgers of the two ends of a session.",
        discussion: """
            Ledgers are written by --ledger of the other commands, and by programs that use sessions. \
            Status 0 if every message is accounted for: what one end says was delivered, the other has \
            taken. Status 1 with what does not balance, a line each.
            """
    )

    @Argument(help: "The ledger of one end.", completion: .file())
    var one: BytePath

    @Argument(help: "The ledger of the other.", completion: .file())
    var other: BytePath

    @Flag(help: "Say it as JSON, one object.")
    var json = false

    func run() async throws {
        let announcer = Announcer(isJSON: json, isVerbose: false)
        let problems: [String]
        do {
            problems = try SessionLedgers.verify(one, other)
        } catch {
            announcer.tell(.failed("\(error)".printable))
            throw ExitCode(ExitStatus.failed.code)
        }
        if json {
            let line: JSONLine = [
                "balanced": .flag(problems.isEmpty), "problems": .texts(problems),
            ]
            Printer.print("\(line)")
        } else if problems.isEmpty {
            Printer.print("the ledgers balance: every message is accounted for")
        } else {
            for problem in problems { Printer.print(problem.printable) }
        }
        if !problems.isEmpty { throw ExitCode(ExitStatus.failed.code) }
    }
}
