internal import Files
internal import Glibc
internal import HTTPTypes
internal import Sockets

/// A file on its way in: fed with the body of a PUT, it stands beside the old one until it is whole.
///
/// ```swift
/// while let bytes = try await body.next() {
///     if let refusal = upload.append(bytes.span.bytes) { return refusal }  // and close
/// }
/// return upload.finish()
/// ```
///
/// A body that is cut leaves the old file as it was. What came of it is kept if its size was said
/// (Content-Length or Content-Range), and can be gone on with:
///
/// ```sh
/// curl -T big.iso http://host/big.iso             # … cut
/// curl -I http://host/big.iso                     # Upload-Offset: 734003200
/// curl -C 734003200 -T big.iso http://host/big.iso
/// ```
///
/// Bytes go through the kernel's cache, so ``append(_:)`` waits only when the disk cannot follow, and
/// ``finish()`` waits for the disk, milliseconds to seconds: call it on a thread that may wait. One
/// task at a time.
public final class StaticUpload: Sendable {
    private let request: HTTPRequest
    private let destination: UploadDestination
    private let range: UploadRange
    private let sizeLimit: Int
    private let began: HTTPDate
    private let state: Lock<StaticUploadState>

    init(
        request: HTTPRequest,
        destination: UploadDestination,
        partial: PartialFile,
        range: UploadRange,
        sizeLimit: Int,
        now: HTTPDate
    ) {
        self.request = request
        self.destination = destination
        self.range = range
        self.sizeLimit = sizeLimit
        began = now
        state = Lock(StaticUploadState(file: partial, size: range.offset))
    }

    // Neither finished nor abandoned: it was cut.
    deinit { abandon() }

    /// How many bytes of the file are here, those of earlier requests included.
    public var receivedSize: Int { state.withLock { $0.size } }

    /// Writes the next bytes of the body: pwrite(2).
    ///
    /// - Returns: Nil to go on; or the response, after which the upload is over and the rest of the
    ///   body is not wanted: 413 beyond the limit, 507 if the disk is full, which keeps nothing.
    public func append(_ bytes: borrowing RawSpan) -> StaticResponse? {
        state.withLock { state in
            guard let file = state.file else { return .problem(.conflict, "the upload is over") }
            let space = (range.count.map { range.offset + $0 } ?? sizeLimit) - state.size
            guard bytes.byteCount <= space else {
                discard(file, &state)
                return range.count == nil
                    ? .problem(.contentTooLarge, "at most \(sizeLimit) bytes")
                    : .problem(.badRequest, "more bytes than were announced")
            }
            do throws(FileError) {
                try FileCalls.write(file.number, bytes, at: state.size)
            } catch {
                discard(file, &state)
                return .problem(error.status)
            }
            state.size += bytes.byteCount
            return nil
        }
    }

    /// Ends it, after the last byte of the body: fsync(2), then rename(2) over the old file.
    ///
    /// - Returns: 201 if the name is new, 204 if it was there, 202 with `Upload-Offset` if this was a
    ///   part and not the last, 412 if the file was changed meanwhile by another and the request has
    ///   a condition against that, 400 if bytes are missing.
    public func finish() -> StaticResponse {
        state.withLock { state in
            guard let file = state.file else { return .problem(.conflict, "the upload is over") }
            if let count = range.count, state.size != range.offset + count {
                keep(file, &state)
                return .problem(.badRequest, "the body was cut")
            }
            guard range.isLast else {
                keep(file, &state)
                let fields = UploadFields.unfinished(offset: state.size, total: range.total)
                return StaticResponse(.accepted, fields: fields)
            }
            if let refusal = destination.refusal(of: request, now: max(began, FileCalls.now())) {
                discard(file, &state)
                return refusal
            }
            return store(file, &state)
        }
    }

    /// Ends it without the rest: the body was cut, or the server stops.
    ///
    /// Harmless afterwards.
    public func abandon() {
        state.withLock { state in
            if let file = state.file { keep(file, &state) }
        }
    }

    private func store(_ file: PartialFile, _ state: inout StaticUploadState) -> StaticResponse {
        // `If-None-Match: *` is "only if there is none": the kernel can promise that in one step.
        let isNew =
            request.headerFields[.ifNoneMatch].map { EntityTagList(parsing: $0) == .any } ?? false
        do throws(FileError) {
            let replaced = try destination.store(file, replaces: !isNew)
            state.file = nil
            return StaticResponse(replaced ? .noContent : .created)
        } catch {
            discard(file, &state)
            switch error.errno {
            case EEXIST: return .problem(.preconditionFailed)
            case ENOENT: return .problem(.conflict, "the folder is gone")
            case EISDIR: return .problem(.conflict, "there is something else of that name")
            default: return .problem(error.status)
            }
        }
    }

    /// Leaves it to be gone on with, if that is possible and there is something.
    private func keep(_ file: PartialFile, _ state: inout StaticUploadState) {
        if case .resumable = file.name.identity, state.size > 0 {
            state.file = nil
        } else {
            discard(file, &state)
        }
    }

    private func discard(_ file: PartialFile, _ state: inout StaticUploadState) {
        file.remove()
        state.file = nil
    }
}

/// Of a ``StaticUpload``.
struct StaticUploadState {
    /// Nil when it is over: closed at once, because a deleted file takes up room as long as it is
    /// open, and the lock goes with it.
    var file: PartialFile?
    /// Of what is in the hidden file, in bytes.
    var size: Int
}
