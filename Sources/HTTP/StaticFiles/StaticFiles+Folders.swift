internal import Files
internal import Glibc
internal import HTTPTypes

extension StaticFiles {
    /// GET of a path that ends in a slash: its index, or what is in it.
    func folder(
        _ path: RequestPath,
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) throws(FileError) -> StaticReading {
        if let index = try index(of: path, request, now) { return .response(index) }
        let folder = try root.folder(path.relativePath)
        // A link that leads nowhere, or an index that came just now: it is there, and stands for the
        // folder.
        let name = Array(options.indexName.utf8)
        let found = try? FileCalls.status(name, in: folder.number)
        if let found, found.kind != .directory {
            let leadsToFolder = try? root.status(indexPath(of: path)).kind == .directory
            guard leadsToFolder == true else { return .response(.problem(.notFound)) }
        }
        guard options.listsFolders else { return .response(.problem(.forbidden)) }
        let place: ListingPlace
        do throws(RequestPath.Problem) {
            place = try ListingPlace(parsing: path.query)
        } catch {
            return .response(.problem(.badRequest))
        }
        let isJSON = Self.prefersJSON(request)
        if request.method == .head {
            // Not worth reading the folder for: a length may be left out (RFC 9110 §9.3.2).
            var response = StaticResponse(.ok, fields: PendingListing.fields(isJSON: isJSON))
            response.head.headerFields[.contentLength] = nil
            return .response(response)
        }
        return .listing(
            PendingListing(
                root: root,
                folder: folder,
                path: path,
                place: place,
                isJSON: isJSON,
                options: options
            )
        )
    }

    /// The page that stands for a folder; nil only if there is none.
    ///
    /// One that is there and cannot be read hides the listing all the same: whoever put it there meant
    /// it to. The answer is what a request for the page itself would get.
    private func index(
        of path: RequestPath,
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) throws(FileError) -> StaticResponse? {
        let index = indexPath(of: path)
        let file: OpenFile
        do throws(FileError) {
            file = try root.openForReading(index)
        } catch {
            guard error.errno == ENOENT || error.errno == ENOTDIR else { throw error }
            return nil
        }
        let status = try file.status()
        switch status.kind {
        case .file: return send(file, status, index, request, now)
        case .directory: return nil
        case .symbolicLink, .other: return .problem(.notFound)
        }
    }

    private func indexPath(of path: RequestPath) -> [UInt8] {
        path.relativePath + Array("/\(options.indexName)".utf8)
    }

    private static func prefersJSON(_ request: HTTPRequest) -> Bool {
        let accepted = QualityValues(parsing: request.headerFields[.accept] ?? "")
        let html = accepted.weight(ofFirst: "text/html", "text/*", "*/*") ?? 0
        let json = accepted.weight(ofFirst: "application/json", "application/*", "*/*") ?? 0
        return json > html
    }
}

/// What a GET or HEAD leads to.
enum StaticReading {
    case response(StaticResponse)
    /// A listing, whose cost the caller may move elsewhere.
    case listing(PendingListing)

    /// With the listing made here and now.
    var response: StaticResponse {
        switch self {
        case .response(let response): response
        case .listing(let listing): listing.response()
        }
    }
}
