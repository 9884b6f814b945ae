internal import Files
internal import HTTPTypes

extension StaticFiles {
    /// GET of a path that ends in a slash: its index, or what is in it.
    func folder(
        _ path: RequestPath,
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) throws(FileError) -> StaticResponse {
        let index = path.relativePath + Array("/\(options.indexName)".utf8)
        if let file = try? root.openForReading(index), let status = try? file.status(),
            status.kind == .file
        {
            return send(file, status, index, request, now)
        }
        let folder = try root.folder(path.relativePath)
        guard options.listsFolders else { return .problem(.forbidden) }
        return list(try listing(of: folder, path), request)
    }

    private func listing(of folder: Folder, _ path: RequestPath) throws(FileError) -> FolderListing
    {
        let reader = try FolderReader(folder)
        var entries: [FolderListing.Entry] = []
        while let name = reader.next() {
            guard let entry = entry(name, folder, path) else { continue }
            guard entries.count < options.listingLimit else {
                return FolderListing(path: path.segments, entries: entries, isCut: true)
            }
            entries.append(entry)
        }
        return FolderListing(path: path.segments, entries: entries, isCut: false)
    }

    /// What there is to say of a name, or nil if it would not be served.
    private func entry(
        _ name: [UInt8],
        _ folder: Folder,
        _ path: RequestPath
    ) -> FolderListing.Entry? {
        if PartialName(parsing: name) != nil { return nil }
        if name.first == UInt8(ascii: "."), !options.showsHiddenFiles { return nil }
        guard var status = try? FileCalls.status(name, in: folder.number) else { return nil }
        if status.kind == .symbolicLink {
            // From the root, as it would be served: the link may lead out of the folder.
            let full = path.relativePath + [UInt8(ascii: "/")] + name
            guard let target = try? root.status(full) else { return nil }
            status = target
        }
        guard status.kind == .file || status.kind == .directory else { return nil }
        return FolderListing.Entry(
            name: name,
            isDirectory: status.kind == .directory,
            size: status.kind == .directory ? nil : status.size,
            modified: HTTPDate(secondsSinceEpoch: status.modified.seconds)
        )
    }

    private func list(_ listing: FolderListing, _ request: HTTPRequest) -> StaticResponse {
        let accepted = QualityValues(parsing: request.headerFields[.accept] ?? "")
        let html = accepted.weight(ofFirst: "text/html", "text/*", "*/*") ?? 0
        let json = accepted.weight(ofFirst: "application/json", "application/*", "*/*") ?? 0
        let isJSON = json > html
        var fields: HTTPFields = [
            .contentType: isJSON ? "application/json" : "text/html; charset=utf-8",
            .cacheControl: "no-cache", .vary: "Accept",
        ]
        if !isJSON {
            // Names are escaped; should one ever not be, nothing of it runs or fetches.
            fields[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
        }
        let text = isJSON ? listing.json : listing.html
        return StaticResponse(.ok, fields: fields, body: [.bytes(Array(text.utf8))])
    }
}
