import Foundation
import Testing

/// The other end of a WebSocket: Python's `websockets`, of the system's own Python.
enum PythonWebSockets {
    static let python = "/usr/bin/python3"

    /// A server whose handler is this body, with `ws` as the connection; its port is in the answer.
    static func serve(_ body: String, _ arguments: String = "") throws -> (Program, port: String) {
        let script = """
            import asyncio, websockets
            async def handle(ws):
            \(indented(body))
            async def main():
                async with websockets.serve(handle, '127.0.0.1', 0, \(arguments)) as server:
                    print(server.sockets[0].getsockname()[1], flush=True)
                    await asyncio.Future()
            asyncio.run(main())
            """
        let program = try Program([python, "-c", script], input: .open)
        return (program, try #require(program.outputLine()))
    }

    /// Runs a client whose body has `ws` as the connection.
    static func call(
        _ url: String,
        _ body: String,
        _ arguments: String = ""
    ) throws -> Program.Outcome {
        let script = """
            import asyncio, ssl, sys, websockets
            async def main():
                async with websockets.connect('\(url)', \(arguments)) as ws:
            \(indented(indented(body)))
            asyncio.run(main())
            """
        return try Program.run([python, "-c", script])
    }

    private static func indented(_ body: String) -> String {
        body.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    }
}
