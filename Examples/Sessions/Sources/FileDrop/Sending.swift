import Console
import Foundation
import Sessions
import Sockets

/// Sends every file below a folder; what is there already is not sent again.
func send(_ folder: String, to endpoint: Endpoint) async throws {
    var configuration = SessionClientConfiguration()
    configuration.firstAttach = .persistent
    // A receiver that was restarted knows no session, but has what it was sent: begin again.
    configuration.renews = true

    let names = try files(below: folder)
    try await Session.connect(to: endpoint, configuration) { session in
        for name in names {
            var start: UInt64?
            try await session.put(file: "\(folder)/\(name)", as: name) { progress in
                start = start ?? progress.offset
            }
            say("\(name) is there, sent from byte \(start ?? 0) on")
        }
        say("all \(names.count) files are there")
    }
}

/// The names of the files in a folder and its folders.
private func files(below folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
            && !isFolder.boolValue
    }.sorted()
}
