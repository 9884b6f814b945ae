internal import Files
internal import HTTPTypes

/// A listing that was asked for and is not made yet: it reads the folder, which takes milliseconds in a
/// large one.
struct PendingListing: Sendable {
    let root: Folder
    let folder: Folder
    let path: RequestPath
    let place: ListingPlace
    let isJSON: Bool
    let options: StaticFileOptions

    /// What is said of a listing before it is made, and all that is said to HEAD.
    static func fields(isJSON: Bool) -> HTTPFields {
        var fields: HTTPFields = [
            .contentType: isJSON ? "application/json" : "text/html; charset=utf-8",
            .cacheControl: "no-cache", .vary: "Accept",
        ]
        if !isJSON {
            // Names are escaped; should one ever not be, nothing of it runs or fetches.
            fields[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
        }
        return fields
    }

    /// Reads the folder.
    func response() -> StaticResponse {
        let listing: FolderListing
        do throws(FileError) {
            listing = try self.listing()
        } catch {
            return .problem(error.status)
        }
        var fields = Self.fields(isJSON: isJSON)
        let links = [(listing.next, "next"), (listing.previous, "prev")].compactMap { place, name in
            place.map { "<\($0.link)>; rel=\"\(name)\"" }
        }
        if !links.isEmpty { fields[Self.linkName] = links.joined(separator: ", ") }
        let text = isJSON ? listing.json : listing.html
        return StaticResponse(.ok, fields: fields, body: [.bytes(Array(text.utf8))])
    }

    /// RFC 8288.
    private static let linkName: HTTPField.Name = {
        guard let name = HTTPField.Name("Link") else { preconditionFailure("Link is a token") }
        return name
    }()

    private func listing() throws(FileError) -> FolderListing {
        var page = PageOfNames(place, limit: options.listingLimit)
        let reader = try FolderReader(folder)
        while let name = reader.next() {
            if mayShow(name) { page.add(name) }
        }
        let (names, previous, next) = page.finish()
        return FolderListing(
            path: path.segments,
            entries: names.compactMap(entry),
            isCut: page.isCut,
            previous: previous,
            next: next
        )
    }

    private func mayShow(_ name: [UInt8]) -> Bool {
        guard name.first == UInt8(ascii: ".") else { return true }
        return options.showsHiddenFiles && name != PartialUploads.folderName
    }

    /// What there is to say of a name, or nil if it would not be served.
    private func entry(_ name: [UInt8]) -> FolderListing.Entry? {
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
}
