import Glibc
import HTTPTypes
import Testing

@testable import HTTP

/// So long after now that every file a test makes has been left alone, however slow the tests are.
let later = HTTPDate(secondsSinceEpoch: time(nil) + 3_600)

func request(
    _ method: HTTPRequest.Method,
    _ path: String,
    _ fields: HTTPFields = [:]
) -> HTTPRequest {
    HTTPRequest(
        method: method,
        scheme: "http",
        authority: "host",
        path: path,
        headerFields: fields
    )
}

extension StaticFiles {
    /// The response to a GET.
    func response(
        _ path: String,
        _ fields: HTTPFields = [:],
        now: HTTPDate = later
    ) throws -> StaticResponse {
        try response(.get, path, fields, now: now)
    }

    /// The response to a request that is no upload, or to one that is refused.
    func response(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ fields: HTTPFields = [:],
        now: HTTPDate = later
    ) throws -> StaticResponse {
        switch plan(for: request(method, path, fields), now: now) {
        case .respond(let response): return response
        case .receive: throw WrongPlan()
        }
    }

    /// The upload that a PUT begins.
    func upload(
        _ path: String,
        _ fields: HTTPFields = [:],
        now: HTTPDate = later
    ) throws -> StaticUpload {
        switch plan(for: request(.put, path, fields), now: now) {
        case .respond(let response): throw Refused(status: response.head.status.code)
        case .receive(let upload): return upload
        }
    }
}

struct WrongPlan: Error {}
struct Refused: Error, Equatable { let status: Int }

extension StaticResponse {
    var status: Int { head.status.code }
    var fields: HTTPFields { head.headerFields }

    /// What a server without sendfile(2) would send.
    func bytes() throws -> [UInt8] {
        var all: [UInt8] = []
        for part in body {
            switch part {
            case .bytes(let bytes): all += bytes
            case .file(let file, let range):
                var position = range.lowerBound
                while position < range.upperBound {
                    var chunk = [UInt8](
                        repeating: 0,
                        count: min(4_096, range.upperBound - position)
                    )
                    var span = chunk.mutableSpan
                    var memory = unsafe span.mutableBytes
                    let count = try file.read(into: &memory, at: position)
                    if count == 0 { return all }
                    all += chunk.prefix(count)
                    position += count
                }
            }
        }
        return all
    }

    func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }
}

extension StaticUpload {
    /// Feeds it a text, in pieces of three bytes.
    func append(_ text: String) -> StaticResponse? {
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = Array(bytes[start..<min(start + 3, bytes.count)])
            if let refusal = unsafe append(piece.span.bytes) { return refusal }
        }
        return nil
    }
}
